import type { Synthesis } from '../../../core/synth';
import type { Resource } from '../api';
import { applyObjects, isWebhook } from '../apply';
import { Kinds } from '../kinds';
import { type CapacityName, createNodes, kindsOf, type TestNode } from '../nodes';
import type { Outcome, Proof, Scene } from '../proof';
import { type Jobs, jobsOf, largeSite, replicaSetOf } from '../scale/large-site';
import { seconds } from '../scene';
import { pause, until } from '../wait';
import { misplaced, type Pod, requestsOf } from './placed';

/** Teams that run as much as their quota was made for come to ten thousand pods. */
const PODS = 10_000;
const NODES = { regular: 100, spot: 900 } as const;
const MACHINE = { cpu: 48, memory: 192, pods: 110 } as const;
/** Share of the spot nodes that the cloud takes back at once. */
const RECLAIMED = 0.3;
/** So long nothing may happen before it is given up. */
const STUCK_MS = 3 * 60_000;

/** Thousands of pods of many teams are placed as few are, and come back when spot nodes go. */
export const scale: Proof = {
  name: 'scale',
  claim: '10,000 pods on 1,000 nodes are placed; 30 % of the spot nodes vanish, and everything comes back',
  sites: 'fullest',
  start: 'empty',
  columns: [],
  programs: [],
  async run(scene: Scene): Promise<Outcome> {
    const { site, cluster, say } = scene;
    const perTeam = sum(jobsOf(largeSite(site.name, 1)));
    const large = largeSite(site.name, Math.ceil(PODS / perTeam));
    const jobs = jobsOf(large);
    const nodes = [...scene.nodes, ...(await addNodes(scene))];
    const problems = await applyAll(scene, large, jobs);
    const teams = large.model.site.teams.length;
    say(`${site.name}: ${teams} teams want ${sum(jobs)} pods on ${nodes.length} nodes`);

    const placing = Date.now();
    await allReady(scene);
    const placed = seconds(placing);
    const before = await podsOf(scene);
    problems.push(...misplaced({ site: { synthesis: large }, nodes }, before).map(({ problem }) => problem));

    const isSpot = ({ capacity }: TestNode) => capacity === 'spot';
    const gone = nodes.filter(isSpot).filter((_, at) => at % 10 < RECLAIMED * 10);
    const names = new Set(gone.map(({ name }) => name));
    const lost = before.filter(({ spec }) => names.has(spec.nodeName ?? ''));
    const vanishing = Date.now();
    for (const name of names) await cluster.api.delete(`/api/v1/nodes/${name}`);
    await cleared(scene, names);
    await allReady(scene);
    const back = seconds(vanishing);
    const after = await podsOf(scene);
    const left = nodes.filter(({ name }) => !names.has(name));
    problems.push(
      ...misplaced({ site: { synthesis: large }, nodes: left }, after).map(({ problem }) => problem),
    );
    const stayed = onRegular(before, nodes);
    const now = new Map(onRegular(after, nodes).map((pod) => [pod.metadata.uid, pod]));
    const moved = stayed.filter(({ metadata }) => !now.has(metadata.uid));
    problems.push(
      ...moved.map(({ metadata }) => `pod ${metadata.namespace}/${metadata.name} left its regular node`),
    );
    const where = `${before.length} pods of ${teams} teams on ${nodes.length} nodes`;
    const loss = `${gone.length} spot nodes with ${lost.length} pods vanished`;
    return {
      findings: [],
      problems: [...new Set(problems)].slice(0, 50),
      figures: [
        `${site.name}: ${where}: all placed and ready after ${placed} s`,
        `${site.name}: spot share ${share(before, nodes, 'cpu')} of CPU, ${share(before, nodes, 'memory')} of memory`,
        `${site.name}: ${loss}: all ran again after ${back} s; ${moved.length} of ${stayed.length} pods on regular nodes moved`,
      ],
    };
  },
};

const sum = (jobs: readonly Jobs[]): number => jobs.reduce((all, { pods }) => all + pods, 0);

/** Fills up to the numbers that are wanted, evenly over kinds of node and zones. */
function addNodes({ site, cluster, nodes }: Scene): Promise<TestNode[]> {
  const facts = site.synthesis.model.site;
  const perZone = (capacity: CapacityName) => {
    const there = nodes.filter((node) => node.capacity === capacity).length;
    return Math.ceil((NODES[capacity] - there) / kindsOf(facts, capacity) / 3);
  };
  const wanted = { regular: perZone('regular'), spot: perZone('spot') };
  return createNodes(facts, cluster.api, { perZone: wanted, machine: MACHINE, prefix: 'large-' });
}

/** Applies a site and the jobs of its teams; webhooks are left out, since none runs here. */
async function applyAll(
  { cluster }: Scene,
  { model, order }: Synthesis,
  jobs: readonly Jobs[],
): Promise<string[]> {
  const kinds = new Kinds(cluster.api);
  const problems: string[] = [];
  for (const { name } of [...model.components].sort(
    (a, b) => (order.waves.get(a.name) ?? 0) - (order.waves.get(b.name) ?? 0),
  )) {
    const objects = model.entries
      .filter(({ component, manifest }) => component === name && !isWebhook(manifest))
      .map(({ component, manifest }) => ({ component, manifest, file: '' }));
    const applied = await applyObjects(objects, cluster.api, kinds);
    problems.push(...applied.flatMap(({ title, problems }) => problems.map((text) => `${title}: ${text}`)));
  }
  for (const job of jobs) {
    const manifest = replicaSetOf(job);
    await cluster.api.create(`/apis/apps/v1/namespaces/${job.namespace}/replicasets`, manifest);
  }
  return problems;
}

interface ReplicaSet extends Resource {
  readonly spec: { readonly replicas?: number };
  readonly status: {
    readonly readyReplicas?: number;
    readonly conditions?: readonly { readonly message: string }[];
  };
}

/** Waits until every ReplicaSet has all its pods ready, as long as it goes on. */
async function allReady({ cluster: { api }, say }: Scene): Promise<void> {
  let [missing, since, told] = [Number.POSITIVE_INFINITY, Date.now(), Date.now()];
  for (;;) {
    const sets = await api.list<ReplicaSet>('/apis/apps/v1/replicasets');
    const open = sets.filter(({ spec, status }) => (status.readyReplicas ?? 0) < (spec.replicas ?? 1));
    const now = open.reduce(
      (all, { spec, status }) => all + (spec.replicas ?? 1) - (status.readyReplicas ?? 0),
      0,
    );
    if (now === 0) return;
    if (now !== missing) [missing, since] = [now, Date.now()];
    if (Date.now() - since > STUCK_MS) {
      const [{ metadata, status } = { metadata: undefined, status: undefined }] = open;
      const why =
        status?.conditions?.map(({ message }) => message).join('; ') || 'nothing is said of the reason';
      throw new Error(
        `${missing} pods are not ready, of ${metadata?.namespace}/${metadata?.name} and others: ${why}`,
      );
    }
    if (Date.now() - told > 15_000) {
      say(`  ${missing} pods are not ready yet`);
      told = Date.now();
    }
    await pause(1000);
  }
}

/** Waits until no pod is left on nodes that have gone: the collector of orphans gives them some grace. */
async function cleared(scene: Scene, gone: ReadonlySet<string>): Promise<void> {
  const left = async () => (await podsOf(scene)).filter(({ spec }) => gone.has(spec.nodeName ?? '')).length;
  await until('the end of pods on lost nodes', async () => (await left()) === 0, {
    timeoutMs: STUCK_MS,
    everyMs: 2000,
  });
}

/** Pods that are not about to go. */
const podsOf = async ({ cluster }: Scene): Promise<Pod[]> =>
  (await cluster.api.list<Pod>('/api/v1/pods')).filter(
    ({ metadata }) => metadata.deletionTimestamp === undefined,
  );

function onRegular(pods: readonly Pod[], nodes: readonly TestNode[]): Pod[] {
  const regular = new Set(nodes.filter(({ capacity }) => capacity === 'regular').map(({ name }) => name));
  return pods.filter(({ spec }) => regular.has(spec.nodeName ?? ''));
}

function share(pods: readonly Pod[], nodes: readonly TestNode[], of: 'cpu' | 'memory'): string {
  const total = (some: readonly Pod[]) => some.reduce((all, pod) => all + requestsOf(pod)[of], 0);
  return `${(100 * (1 - total(onRegular(pods, nodes)) / total(pods))).toFixed(1)} %`;
}
