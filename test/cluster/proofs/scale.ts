import type { Synthesis } from '../../../core/synth';
import type { Api } from '../api';
import type { Cluster } from '../cluster';
import { ArgoWorkflows } from '../controllers/argo-workflows';
import { Network } from '../controllers/network';
import { requestsOf } from '../controllers/refusals';
import { whyNoSandbox } from '../controllers/sandbox';
import { type CapacityName, createNodes, kindsOf, type TestNode } from '../nodes';
import { pooled } from '../pool';
import type { Outcome, Proof, Scene } from '../proof';
import { lossProblems, onRegular, parted, spotPart, untouched } from '../scale/census';
import { footprintsOf } from '../scale/footprint';
import { jobsOf, largeSite } from '../scale/large-site';
import { applyPlatform, workloadsReady } from '../scale/platform';
import { allRunning, type Counts } from '../scale/progress';
import { MACHINE, type Size, sizeOf } from '../scale/size';
import { startJobs, wantedOf } from '../scale/teams';
import { stepsOf } from '../scale/workflows';
import { seconds } from '../scene';
import { misplaced, type Pod, roleOf } from './placed';

/** Share of the spot nodes that the cloud takes back at once. */
const RECLAIMED = 0.3;
/** More say nothing new. */
const MAX_PROBLEMS = 50;

/** Thousands of pods of many teams are placed as few are, and come back when spot nodes go. */
export const scale: Proof = {
  name: 'scale',
  claim: '10,000 pods on 1,000 nodes are placed; 30 % of the spot nodes vanish, and everything comes back',
  sites: 'fullest',
  start: 'empty',
  columns: [],
  programs: ['workflow-controller'],
  async run(scene: Scene): Promise<Outcome> {
    const why = whyNoSandbox();
    if (why) return { findings: [], problems: [why], figures: [] };
    const network = await Network.open(scene.cluster);
    try {
      return await play(scene, network);
    } finally {
      network.close();
    }
  },
};

async function play(scene: Scene, network: Network): Promise<Outcome> {
  const { site, cluster, say } = scene;
  const size = sizeOf();
  const large = largeSite(site.name, size.pods);
  const nodes = [...scene.nodes, ...(await addNodes(scene, size))];
  const applying = Date.now();
  const { objects, problems } = await applyPlatform(scene, large);
  say(`${site.name}: ${objects} objects applied after ${seconds(applying)} s`);
  await workloadsReady(cluster.api);
  const argo = await ArgoWorkflows.start(scene, network);
  try {
    // What plays the executor would end pods of workflows, which are to stay.
    await argo.pods.stop();
    const found = await argo.controller.alive(placeAndLose(scene, large, nodes));
    const { namespace, name } = argo.controller.workload;
    const requests = requestsOf(cluster, namespace, name);
    return {
      findings: [],
      problems: [...problems, ...found.problems, ...argo.refusals()].slice(0, MAX_PROBLEMS),
      figures: [
        ...found.figures,
        `${requests} requests of the workflow controller`,
        `processor time and most memory: ${costsOf(cluster)}`,
      ].map((line) => `${site.name}: ${line}`),
    };
  } finally {
    await argo.stop();
  }
}

interface Found {
  readonly problems: readonly string[];
  readonly figures: readonly string[];
}

async function placeAndLose(scene: Scene, large: Synthesis, nodes: readonly TestNode[]): Promise<Found> {
  const { cluster, say } = scene;
  const namespaces = large.model.site.teams.map(({ namespace }) => namespace);
  const jobs = jobsOf(large);
  const wanted = wantedOf(jobs);
  say(`  processor time and memory so far: ${costsOf(cluster)}`);
  say(`  ${describe(wanted)} wanted of ${namespaces.length} teams on ${nodes.length} nodes`);
  const placing = Date.now();
  const [placed] = await Promise.all([allRunning(scene, wanted), startJobs(jobs, cluster.api)]);
  const placedAfter = (Date.now() - placing) / 1000;
  const before = await podsOf(cluster.api);

  const spot = nodes.filter(({ capacity }) => capacity === 'spot');
  const gone = new Set(spot.filter((_, at) => at % 10 < RECLAIMED * 10).map(({ name }) => name));
  say(`  processor time and memory so far: ${costsOf(cluster)}`);
  say(`  all run after ${placedAfter.toFixed(1)} s; ${gone.size} of ${spot.length} spot nodes vanish`);
  const vanishing = Date.now();
  await pooled([...gone], 8, (name) => cluster.api.delete(`/api/v1/nodes/${name}`));
  const back = await allRunning(scene, wanted, gone);
  await workloadsReady(cluster.api);
  const backAfter = seconds(vanishing);
  const after = await podsOf(cluster.api);

  const census = { before, after, nodes, gone };
  const left = nodes.filter(({ name }) => !gone.has(name));
  const steps = await stepsOf(namespaces, cluster.api);
  const problems = [
    ...misplaced({ site: { synthesis: large }, nodes }, before),
    ...misplaced({ site: { synthesis: large }, nodes: left }, after),
  ].map(({ problem }) => problem);
  const { lost } = parted(census);
  const total = sum(wanted.values());
  const kept = (pods: readonly Pod[]) => `${untouched(pods, after).length} of ${pods.length}`;
  const percent = (of: 'cpu' | 'memory') => `${(100 * spotPart(before, nodes, of)).toFixed(1)} %`;
  return {
    problems: [...new Set([...problems, ...lossProblems(census), ...steps.problems])],
    figures: [
      `${before.length} pods of ${namespaces.length} teams on ${nodes.length} nodes: ${describe(wanted)}`,
      `all ran ${placedAfter.toFixed(1)} s after the first was asked for, ${(total / placedAfter).toFixed(0)} a second: ${times(placed)}`,
      `spot share of what they request: ${percent('cpu')} of CPU, ${percent('memory')} of memory`,
      `${gone.size} of ${spot.length} spot nodes vanished with ${lost.length} pods: all ran again after ${backAfter} s: ${times(back)}`,
      `${kept(onRegular(before, nodes))} pods on regular nodes stayed, ${kept(before.filter(isDriver))} drivers among them`,
      `${steps.retried} steps of ${steps.workflows} workflows were tried again by the workflow controller`,
    ],
  };
}

/** Fills up to the numbers that are wanted, evenly over kinds of node and zones. */
function addNodes({ site, cluster, nodes }: Scene, size: Size): Promise<TestNode[]> {
  const facts = site.synthesis.model.site;
  const perZone = (capacity: CapacityName) => {
    const there = nodes.filter((node) => node.capacity === capacity).length;
    return Math.max(0, Math.ceil((size.nodes[capacity] - there) / kindsOf(facts, capacity) / 3));
  };
  const wanted = { regular: perZone('regular'), spot: perZone('spot') };
  return createNodes(facts, cluster.api, { perZone: wanted, machine: MACHINE, prefix: 'large-' });
}

/** Pods that are not about to go; a Job's that has ended is none. */
const podsOf = async (api: Api): Promise<Pod[]> =>
  (await api.list<Pod>('/api/v1/pods')).filter(
    ({ metadata, status }) => metadata.deletionTimestamp === undefined && status.phase !== 'Succeeded',
  );

/** What each program of the control plane took of the machine: the first to need more is the first to saturate. */
const costsOf = (cluster: Cluster): string =>
  footprintsOf(cluster)
    .map(({ program, memory, seconds }) => `${program} ${seconds.toFixed(0)} s and ${memory.toFixed(1)} GiB`)
    .join(', ');

const isDriver = (pod: Pod): boolean => roleOf(pod) === 'driver';

const describe = (counts: Counts): string =>
  [...counts].map(([role, pods]) => `${pods} ${role} pods`).join(', ');

const times = (took: ReadonlyMap<string, string>): string =>
  [...took].map(([role, after]) => `${role} pods ${after} s`).join(', ');

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((all, each) => all + each, 0);
