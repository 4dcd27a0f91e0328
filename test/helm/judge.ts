import type { k8s } from 'cdk8s-plus-27';
import { isClusterScoped, type Manifest, titleOf } from '../../core/manifest';
import type { Entry, SiteModel } from '../../core/model';
import { builtInPods } from '../../core/pods';
import { describeProblem } from '../../core/problem';
import { parseQuantity } from '../../core/quantity';
import { rules } from '../../core/rules';
import type { JsonValue } from '../../core/yaml';
import type { ChartUpstream, RenderedChart } from './chart';

/** Rules that are about what we write ourselves, and why they say nothing of a chart. */
const OURS: Readonly<Record<string, string>> = {
  'standard-labels': 'a chart has labels of its publisher',
  'rbac-without-wildcards':
    'a signer of certificates is named by its domain and *, which is no wildcard for the API server',
  'tokens-in-use':
    'charts leave the token to its default, and some programs want one that they use for nothing',
  'served-pods-are-probed': 'some charts have a Service for metrics alone, and no probe behind it',
};

/** Labels that every node has, and that samples of nodes leave out. */
const OF_EVERY_NODE = new Set(['kubernetes.io/os']);

/** A chart that a component asks for, with what it renders. */
export interface AskedChart extends RenderedChart {
  readonly upstream: ChartUpstream;
}

/**
 * What is wrong with the charts of a component: every rule over their objects and the site together, whether pods are
 * those that the component declares and has policies for, and whether each value of ours is one that its chart knows.
 */
export function judgeCharts(model: SiteModel, component: string, charts: readonly AskedChart[]): string[] {
  const entries = charts.flatMap(({ manifests, upstream }) =>
    manifests.map((manifest): Entry => ({ component, manifest: placedIn(model, manifest, upstream) })),
  );
  const whole = model.with([...model.entries, ...entries]);
  const broken = rules
    .filter(({ name }) => !(name in OURS))
    .flatMap(({ name, check }) => check(whole).map((problem) => `${name}: ${describeProblem(problem)}`));
  return [
    ...broken,
    ...charts.flatMap(({ manifests, upstream }) => misplaced(manifests, upstream)),
    ...unreached(whole, component),
    ...declared(model, component, entries),
    ...undisrupted(whole.entries, entries),
    ...charts.flatMap(({ upstream, defaults, hasSchema }) =>
      hasSchema ? [] : unknownValues(upstream.values, defaults),
    ),
  ];
}

/** An object in the namespace that Helm or Argo CD would give it, without selectors that any node satisfies. */
export function placedIn(model: SiteModel, given: Manifest, { namespace }: ChartUpstream): Manifest {
  const manifest = JSON.parse(JSON.stringify(given), (key, value) =>
    key === 'nodeSelector' && value ? without(value, OF_EVERY_NODE) : value,
  ) as Manifest;
  const cluster = model.kindOf(manifest)?.scope === 'Cluster' || isClusterScoped(manifest.kind);
  if (cluster || manifest.metadata.namespace) return manifest;
  return { ...manifest, metadata: { ...manifest.metadata, namespace } };
}

const without = (map: object, keys: ReadonlySet<string>): object =>
  Object.fromEntries(Object.entries(map).filter(([key]) => !keys.has(key)));

/** Objects in namespaces into which the Application may not write. */
const misplaced = (manifests: readonly Manifest[], { namespace, alsoIn = [] }: ChartUpstream): string[] =>
  manifests
    .filter(({ metadata }) => ![undefined, namespace, ...alsoIn].includes(metadata.namespace))
    .map((manifest) => `${titleOf(manifest)} lies in a namespace that alsoIn does not name`);

/** Roles with policies that no pod has, of charts or of dist, and ports of webhooks on which none listens. */
function unreached(model: SiteModel, component: string): string[] {
  const recorded = model.recorded.get(component);
  if (!recorded) return [];
  const ofRole = (role: string) =>
    model.pods.filter((entry) => {
      const found = model.roleOf(entry);
      return found.component === component && found.role === role;
    });
  const spoken = [
    ...recorded.apiClients,
    ...recorded.egress.map(({ from }) => from),
    ...recorded.flows.flatMap(({ from, to }) => [from, to]),
    ...recorded.webhooks.map((webhook) => webhook.pods),
  ];
  const roles = new Set(spoken.filter((each) => each.component === component).map(({ role }) => role));
  return [
    ...[...roles].filter((role) => ofRole(role).length === 0).map((role) => `no pod has the role ${role}`),
    ...recorded.webhooks
      .filter(({ pods: { role }, port }) =>
        ofRole(role).every(({ pod }) =>
          pod.spec.containers.every(({ ports = [] }) => ports.every((each) => each.containerPort !== port)),
        ),
      )
      .map(({ pods: { role }, port }) => `no pod of the role ${role} listens on port ${port}`),
  ];
}

/** Whether replicas and requests of each Deployment are those that the component declares for it. */
function declared(model: SiteModel, component: string, entries: readonly Entry[]): string[] {
  const demands = model.recorded.get(component)?.demands ?? [];
  return entries
    .filter(({ manifest }) => manifest.kind === 'Deployment' || manifest.kind === 'StatefulSet')
    .flatMap((entry): string[] => {
      const title = titleOf(entry.manifest);
      const demand = demands.find(({ name }) => name === entry.manifest.metadata.name);
      if (!demand) return [`${title} is declared by no demand of ${component}`];
      const [pod] = model.with([entry]).pods;
      if (!pod) return [`${title} has no pod`];
      const total = (resource: 'cpu' | 'memory') =>
        pod.pod.spec.containers.reduce(
          (sum, { resources }) => sum + parseQuantity(resources?.requests?.[resource] ?? '0'),
          0,
        );
      const pairs = [
        ['replicas', pod.pod.replicas, demand.pods.typical],
        ['CPU', total('cpu'), demand.cpu],
        ['memory', total('memory'), demand.memory],
      ] as const;
      return pairs
        .filter(([, found, wanted]) => found !== wanted)
        .map(([what, found, wanted]) => `${title} has ${what} ${found}, and ${component} declares ${wanted}`);
    });
}

/** Deployments of several replicas that no budget keeps from being drained all at once. */
function undisrupted(all: readonly Entry[], entries: readonly Entry[]): string[] {
  const budgets = all.filter(({ manifest }) => manifest.kind === 'PodDisruptionBudget');
  return entries
    .filter(({ manifest }) => manifest.kind === 'Deployment')
    .filter(({ manifest }) => {
      const [pod] = builtInPods(manifest);
      return (
        (pod?.replicas ?? 1) > 1 &&
        !budgets.some(
          ({ manifest: { metadata, spec } }) =>
            metadata.namespace === manifest.metadata.namespace &&
            // The kind tells the shape.
            isSelected(pod?.labels ?? {}, spec as unknown as { readonly selector: k8s.LabelSelector }),
        )
      );
    })
    .map(({ manifest }) => `${titleOf(manifest)} has no disruption budget`);
}

const isSelected = (
  labels: Readonly<Record<string, string>>,
  { selector }: { readonly selector: k8s.LabelSelector },
): boolean => Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);

/** Values that the chart has no default of, and therefore does not read; an empty map may hold anything. */
export function unknownValues(values: JsonValue, defaults: JsonValue | undefined, path = ''): string[] {
  if (!isMap(values) || !isMap(defaults) || (Object.keys(defaults).length === 0 && path !== '')) return [];
  return Object.entries(values).flatMap(([key, value]) => {
    const here = path ? `${path}.${key}` : key;
    if (OF_KUBERNETES.has(key)) return [];
    return key in defaults
      ? unknownValues(value ?? null, defaults[key] ?? undefined, here)
      : [`the chart knows no value ${here}`];
  });
}

/** Fields that charts hand on as they are. */
const OF_KUBERNETES = new Set(['limits', 'requests']);

const isMap = (value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
