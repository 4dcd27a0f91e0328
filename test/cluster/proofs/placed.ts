import { loadOf } from '../../../core/demand';
import { type Placement, placementName, spotShare } from '../../../core/placement';
import { parseQuantity } from '../../../core/quantity';
import type { Resource } from '../api';
import type { CapacityName, TestNode } from '../nodes';
import { type Finding, type Outcome, type Proof, type Scene, verdictOf } from '../proof';
import type { DistSite } from '../site';
import { until } from '../wait';

export interface Pod extends Resource {
  readonly spec: {
    readonly nodeName?: string;
    readonly containers: readonly { readonly resources?: { readonly requests?: Quantities } }[];
  };
  readonly status: {
    readonly phase?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
    }[];
  };
}

type Quantities = Readonly<Record<string, string>>;

interface Workload extends Resource {
  readonly spec: { readonly replicas?: number };
  readonly status: {
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly desiredNumberScheduled?: number;
    readonly numberReady?: number;
    readonly succeeded?: number;
    readonly conditions?: readonly { readonly type: string; readonly message?: string }[];
  };
}

/** Controllers have this long to make all pods, the scheduler to place them, kwok to make them ready. */
const TIMEOUT_MS = 120_000;

/** The real scheduler puts every pod of every workload where its component says. */
export const placed: Proof = {
  name: 'placed',
  claim: 'the scheduler places every pod of every workload where its role says, and each becomes ready',
  sites: 'every',
  columns: ['placed'],
  programs: [],
  async run(scene: Scene): Promise<Outcome> {
    const problems = new Map<string, string[]>();
    const report = (component: string, problem: string) =>
      problems.set(component, [...(problems.get(component) ?? []), problem]);
    const { site, cluster, nodes } = scene;
    for (const { component, title, why } of await unready(scene)) report(component, `${title}: ${why}`);
    const pods = await cluster.api.list<Pod>('/api/v1/pods');
    for (const { component, problem } of misplaced(scene, pods)) report(component, problem);
    const withPods = new Set([...pods.map(componentOf), ...problems.keys()]);
    const findings = site.components.map(
      ({ name }): Finding => ({
        component: name,
        column: 'placed',
        verdict: withPods.has(name)
          ? verdictOf(problems.get(name) ?? [])
          : { state: 'not provable here', why: 'dist holds no workload of it' },
      }),
    );
    return { findings, figures: figuresOf(scene, pods, nodes) };
  },
};

/** Labels that the pods of a role carry, whoever makes them. */
export const componentOf = ({ metadata }: Resource): string =>
  metadata.labels?.['app.kubernetes.io/name'] ?? `(namespace ${metadata.namespace})`;
export const roleOf = ({ metadata }: Resource): string | undefined =>
  metadata.labels?.['app.kubernetes.io/component'];

const COLLECTIONS = ['apps/v1/deployments', 'apps/v1/statefulsets', 'apps/v1/daemonsets', 'batch/v1/jobs'];

interface Unready {
  readonly component: string;
  readonly title: string;
  readonly why: string;
}

/** Waits until every workload has all its pods ready; returns those that have not in the end. */
async function unready({ cluster: { api } }: Scene): Promise<Unready[]> {
  let last: Unready[] = [];
  try {
    await until(
      'placing every pod',
      async () => {
        last = [];
        for (const collection of COLLECTIONS) {
          for (const workload of await api.list<Workload>(`/apis/${collection}`)) {
            const why = whyUnready(collection, workload);
            const { name, namespace } = workload.metadata;
            const title = `${collection.split('/')[2]} ${namespace}/${name}`;
            if (why) last.push({ component: componentOf(workload), title, why });
          }
        }
        return last.length === 0;
      },
      { timeoutMs: TIMEOUT_MS, everyMs: 500 },
    );
  } catch (error) {
    if (last.length === 0) throw error;
  }
  return last;
}

function whyUnready(collection: string, { spec, status }: Workload): string | undefined {
  const [wanted, ready] = collection.endsWith('daemonsets')
    ? [status.desiredNumberScheduled, status.numberReady]
    : collection.endsWith('jobs')
      ? [1, status.succeeded]
      : [spec.replicas ?? 1, status.readyReplicas];
  if (wanted !== undefined && (ready ?? 0) >= wanted) return undefined;
  const failure = status.conditions?.find(({ type }) => type === 'ReplicaFailure')?.message;
  return `${ready ?? 0} of ${wanted ?? '?'} pods are ready${failure ? `: ${failure}` : ''}`;
}

/** Pods that are on no node or on one of the wrong kind, and mixed workloads off their share. */
export function misplaced(
  { site, nodes }: { readonly site: Pick<DistSite, 'synthesis'>; readonly nodes: readonly TestNode[] },
  pods: readonly Pod[],
): { readonly component: string; readonly problem: string }[] {
  const found: { component: string; problem: string }[] = [];
  const capacities = new Map(nodes.map(({ name, capacity }) => [name, capacity]));
  const roles = new Map<string, { placement: Placement; spot: number; all: number }>();
  for (const pod of pods) {
    const [component, role] = [componentOf(pod), roleOf(pod)];
    const title = `pod ${pod.metadata.namespace}/${pod.metadata.name}`;
    const placement = site.synthesis.model.components.find(({ name }) => name === component)?.pods[
      role ?? ''
    ];
    const capacity = capacities.get(pod.spec.nodeName ?? '');
    if (!placement) {
      found.push({ component, problem: `${title}: ${component} declares no role ${role ?? '(no label)'}` });
      continue;
    }
    if (!capacity) {
      const why = pod.status.conditions?.find(({ type }) => type === 'PodScheduled')?.message;
      found.push({ component, problem: `${title}: is on no node: ${why ?? 'the scheduler said nothing'}` });
      continue;
    }
    // A DaemonSet has a pod on every node that it may use, and nothing to prefer.
    const isEverywhere = pod.metadata.ownerReferences?.some(({ kind }) => kind === 'DaemonSet');
    if (!isAllowed(placement, capacity) && !(isEverywhere && placement === 'spot-preferred')) {
      const problem = `${title}: declared ${placementName(placement)}, placed on ${capacity}`;
      found.push({ component, problem });
    }
    const key = `${component} ${role} in ${pod.metadata.namespace}`;
    const seen = roles.get(key) ?? { placement, spot: 0, all: 0 };
    roles.set(key, { placement, all: seen.all + 1, spot: seen.spot + (capacity === 'spot' ? 1 : 0) });
  }
  for (const [key, { placement, spot, all }] of roles) {
    const expected = all * spotShare(placement);
    if (typeof placement === 'object' && Math.abs(spot - expected) > 1) {
      const problem = `${key}: ${spot} of ${all} on spot, declared ${placementName(placement)}`;
      found.push({ component: key.split(' ')[0] ?? key, problem });
    }
  }
  return found;
}

function isAllowed(placement: Placement, capacity: CapacityName): boolean {
  if (placement === 'on-demand') return capacity === 'regular';
  // There is room on spot nodes here, so what prefers them must be there.
  if (placement === 'spot' || placement === 'spot-preferred') return capacity === 'spot';
  return true;
}

/** CPU and memory that pods request by pool, and the share of spot. */
function figuresOf({ site }: Scene, pods: readonly Pod[], nodes: readonly TestNode[]): string[] {
  const byPool = new Map<string, { pods: number; cpu: number; memory: number }>();
  const total = { spot: { cpu: 0, memory: 0 }, regular: { cpu: 0, memory: 0 } };
  const byName = new Map(nodes.map((node) => [node.name, node]));
  for (const pod of pods) {
    const node = byName.get(pod.spec.nodeName ?? '');
    if (!node) continue;
    const { cpu, memory } = requestsOf(pod);
    const sum = byPool.get(node.pool) ?? { pods: 0, cpu: 0, memory: 0 };
    byPool.set(node.pool, { pods: sum.pods + 1, cpu: sum.cpu + cpu, memory: sum.memory + memory });
    total[node.capacity].cpu += cpu;
    total[node.capacity].memory += memory;
  }
  const lines = [...byPool]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(
      ([pool, sum]) => `${site.name}: ${pool}: ${sum.pods} pods, ${cores(sum.cpu)}, ${gibibytes(sum.memory)}`,
    );
  const share = (of: 'cpu' | 'memory') => percent(total.spot[of] / (total.spot[of] + total.regular[of] || 1));
  const idle = `${site.name}: spot share of what runs with no job: ${share('cpu')} of CPU, ${share('memory')} of memory`;
  const demands = [...site.synthesis.model.recorded.values()].flatMap((each) => each.demands);
  const declared = loadOf(demands, 'typical').share;
  return [
    ...lines,
    `${idle}; declared for the usual load: ${percent(declared.cpu)} and ${percent(declared.memory)}`,
  ];
}

export function requestsOf({ spec }: Pod): { readonly cpu: number; readonly memory: number } {
  const sum = (resource: string) =>
    spec.containers.reduce(
      (all, { resources }) => all + parseQuantity(resources?.requests?.[resource] ?? '0'),
      0,
    );
  return { cpu: sum('cpu'), memory: sum('memory') };
}

const cores = (value: number): string => `${value.toFixed(2)} cores`;
const gibibytes = (value: number): string => `${(value / 2 ** 30).toFixed(1)} GiB`;
const percent = (value: number): string => `${(100 * value).toFixed(0)} %`;
