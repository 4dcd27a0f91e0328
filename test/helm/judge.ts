import { isClusterScoped, type Manifest, titleOf } from '../../core/manifest';
import type { Entry, SiteModel } from '../../core/model';
import { describeProblem } from '../../core/problem';
import { parseQuantity } from '../../core/quantity';
import { rules } from '../../core/rules';
import type { JsonValue } from '../../core/yaml';
import type { ChartUpstream, RenderedChart } from './chart';

/** Rules that are about what we write ourselves, and why they say nothing of a chart. */
const OURS: Readonly<Record<string, string>> = {
  'standard-labels': 'a chart has labels of its publisher',
  'rbac-without-wildcards': 'the rights of a chart are those that its publisher knows to be needed',
  'tokens-in-use':
    'charts leave the token to its default, and some programs want one that they use for nothing',
  'served-pods-are-probed': 'some charts have a Service for metrics alone, and no probe behind it',
};

/** Labels that every node has, and that samples of nodes leave out. */
const OF_EVERY_NODE = new Set(['kubernetes.io/os']);

/**
 * What is wrong with the objects of a chart in a site: every rule over them and the site together, whether the pods
 * are those that the component declares, and whether each value of ours is one that the chart knows.
 */
export function judgeChart(
  model: SiteModel,
  component: string,
  upstream: ChartUpstream,
  { manifests, defaults, hasSchema }: RenderedChart,
): string[] {
  const entries = manifests.map(
    (manifest): Entry => ({ component, manifest: placed(model, manifest, upstream) }),
  );
  const whole = model.with([...model.entries, ...entries]);
  const broken = rules
    .filter(({ name }) => !(name in OURS))
    .flatMap(({ name, check }) => check(whole).map((problem) => `${name}: ${describeProblem(problem)}`));
  return [
    ...broken,
    ...misplaced(entries, upstream),
    ...unreached(model, component, entries),
    ...declared(model, component, entries),
    ...(hasSchema ? [] : unknownValues(upstream.values, defaults)),
  ];
}

/** An object in the namespace that Helm or Argo CD would give it, without selectors that any node satisfies. */
function placed(model: SiteModel, given: Manifest, { namespace }: ChartUpstream): Manifest {
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
const misplaced = (entries: readonly Entry[], { namespace, alsoIn = [] }: ChartUpstream): string[] =>
  entries
    .filter(({ manifest: { metadata } }) => metadata.namespace !== undefined)
    .filter(({ manifest: { metadata } }) => ![namespace, ...alsoIn].includes(metadata.namespace ?? ''))
    .map(({ manifest }) => `${titleOf(manifest)} lies in a namespace that alsoIn does not name`);

/** Roles that no pod of the chart has, and ports of webhooks on which none listens: policies would open nothing. */
function unreached(model: SiteModel, component: string, entries: readonly Entry[]): string[] {
  const { pods } = model.with(entries);
  const ofRole = (role: string) =>
    pods.filter((entry) => {
      const found = model.roleOf(entry);
      return found.component === component && found.role === role;
    });
  const roles = Object.keys(model.components.find(({ name }) => name === component)?.labels ?? {});
  const webhooks = model.recorded.get(component)?.webhooks ?? [];
  return [
    ...roles.filter((role) => ofRole(role).length === 0).map((role) => `no pod has the role ${role}`),
    ...webhooks
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

/** Values that the chart has no default of, and therefore does not read; an empty map may hold anything. */
export function unknownValues(values: JsonValue, defaults: JsonValue | undefined, path = ''): string[] {
  if (!isMap(values) || !isMap(defaults) || (Object.keys(defaults).length === 0 && path !== '')) return [];
  return Object.entries(values).flatMap(([key, value]) => {
    const here = path ? `${path}.${key}` : key;
    return key in defaults
      ? unknownValues(value ?? null, defaults[key] ?? undefined, here)
      : [`the chart knows no value ${here}`];
  });
}

const isMap = (value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
