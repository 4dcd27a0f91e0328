import path from 'node:path';
import { type Application, readApplications } from '../argocd/applications';
import { ArgoCd } from '../argocd/argocd';
import { openGitHosts } from '../argocd/git-hosts';
import { whyNoArgoCd } from '../argocd/needs';
import { expectedOf, type Settled, settle } from '../argocd/settle';
import { StandIns } from '../argocd/stand-ins';
import { outOfOrder } from '../argocd/waves';
import { binary } from '../binaries';
import { servedNamespaces } from '../controllers/argo-workflows';
import { EXECUTORS, openSession } from '../controllers/client-session';
import { copySecrets } from '../controllers/copied-secrets';
import { JobPods } from '../controllers/job-pods';
import { Network } from '../controllers/network';
import { type PySpark, pyspark } from '../controllers/pyspark';
import { ServiceProxy } from '../controllers/service-proxy';
import { sparkImage, withoutNetwork } from '../controllers/spark-operator';
import { StreamDrivers } from '../controllers/streams';
import { WorkflowPods } from '../controllers/workflow-pods';
import { Databases } from '../databases/databases';
import { Faults, faultsOf } from '../drills/faults';
import {
  driversOf,
  losses,
  problemsOfRun,
  problemsOfStream,
  problemsOfWorkflow,
  retriesOf,
} from '../drills/judge';
import { Kubelet, type Program } from '../drills/kubelet';
import { Load } from '../drills/load';
import { look } from '../drills/witness';
import { Metrics } from '../metrics';
import type { Outcome, Proof, Scene } from '../proof';
import { seconds } from '../scene';
import { pause, until } from '../wait';
import type { Pod } from './placed';

/** How long the next Application may take to come. */
const TIMEOUT_MS = 15 * 60_000;

/** So that a fault finds work at another place than the one before it. */
const BETWEEN_MS = 2_000;

/** Nothing is lost or doubled when programs end. */
export const drills: Proof = {
  name: 'drills',
  claim:
    'API server, etcd and every controller are killed and ended during a sync and under load: nothing is lost or doubled',
  sites: 'fullest',
  start: 'empty',
  columns: [],
  programs: ['argocd', 'workflow-controller', 'spark-operator'],
  async run(scene: Scene): Promise<Outcome> {
    const why = whyNoArgoCd();
    const { cluster, site } = scene;
    if (why) return { findings: [], problems: [`they cannot be held here: ${why}`], figures: [] };
    const spark = await pyspark(scene.say);
    const network = await Network.open(cluster);
    const proxy = await ServiceProxy.open(cluster);
    const databases = await Databases.start(scene, network);
    const metrics = await Metrics.open(cluster, proxy);
    const git = await openGitHosts(scene, network);
    const seen = new JobPods(scene);
    const steps = new WorkflowPods(cluster, servedNamespaces(site.objects));
    const streams = new StreamDrivers(scene);
    const kubelet = new Kubelet(scene, network, proxy, await programsOf(scene, spark));
    const standIns = new StandIns(site, cluster.api, { really: ['Workflow'] });
    try {
      const argocd = await ArgoCd.start(scene, network, git);
      kubelet.keep(argocd.parts);
      const started = Date.now();
      const root = git.own.file(path.join('dist', site.name, 'argocd/root.yaml'));
      await cluster.kubectl(['apply', '--server-side', '-f', root]);
      const secrets = secretsOf(scene, databases);
      const faults = new Faults(scene);
      await endDuringSync(scene, kubelet, faults);
      const problems = problemsOf(await settle(scene));
      const synced = seconds(started);
      await secrets;
      await copySecrets(scene);
      const under =
        problems.length > 0
          ? undefined
          : await endUnderLoad(scene, { network, spark, kubelet, faults, seen, steps });
      return {
        findings: [],
        problems: [...problems, ...(under?.problems ?? [])],
        figures: [
          `synced and healthy after ${synced} s, with programs ending meanwhile`,
          ...(under?.figures ?? []),
          ...faults.figures,
        ].map((line) => `${site.name}: ${line}`),
      };
    } finally {
      await seen.stop();
      await steps.stop();
      await streams.stop();
      await standIns.stop();
      await kubelet.stop();
      await databases.stop();
      git.close();
      metrics.close();
      proxy.close();
      network.close();
    }
  },
};

/** Writes the Secrets of databases once their namespaces have come: a controller that waits for them holds up others. */
function secretsOf(scene: Scene, databases: Databases): Promise<unknown> {
  const write = async () => {
    await databases.writeSecrets(scene);
    return true;
  };
  const written = until('namespaces of databases', write, { timeoutMs: TIMEOUT_MS, everyMs: 2_000 });
  // It is awaited after what may fail before it.
  written.catch(() => undefined);
  return written;
}

/** What of ours is run as a process, beside Argo CD. */
async function programsOf(scene: Scene, spark: PySpark): Promise<Program[]> {
  const controller = await binary('workflow-controller', scene.say);
  const image = await sparkImage(scene, spark);
  return [
    {
      namespace: 'argo-workflows',
      name: 'workflow-controller',
      image: { entrypoint: [], files: { '/usr/local/bin/workflow-controller': controller } },
    },
    { namespace: 'spark', name: 'spark-operator-webhook', image, service: 'spark-operator-webhook' },
    {
      namespace: 'spark',
      name: 'spark-operator-controller',
      image,
      options: withoutNetwork(scene),
    },
  ];
}

/** Label of the executors of one session. */
const APPLICATION = 'spark-app-selector';

/** What ends when the first, second … Application has come. */
const DURING_SYNC: readonly (readonly [program: string, how: 'kill' | 'stop'])[] = [
  ['argocd-application-controller-0', 'kill'],
  ['kube-apiserver', 'kill'],
  ['etcd', 'kill'],
  ['argocd-repo-server-0', 'kill'],
  ['argocd-redis', 'kill'],
  ['kube-apiserver', 'stop'],
];

async function endDuringSync(scene: Scene, kubelet: Kubelet, faults: Faults): Promise<void> {
  const all = faultsOf(scene, kubelet);
  for (const [index, [program, how]] of DURING_SYNC.slice(0, expectedOf(scene) - 1).entries()) {
    // Root, and one more each time.
    const count = index + 2;
    await until(`${count} Applications`, async () => (await applicationsOf(scene)).length >= count, {
      timeoutMs: TIMEOUT_MS,
      everyMs: 500,
    });
    const fault = all.find((each) => each.program === program && each.how === how);
    if (!fault) throw new Error(`nothing of the name ${program} runs`);
    await faults.happen(fault);
  }
}

const applicationsOf = ({ cluster }: Scene): Promise<Application[]> => readApplications(cluster.api);

const problemsOf = ({ applications, problems, missing }: Settled): string[] => [
  ...problems.values(),
  ...(missing ? [missing] : []),
  ...outOfOrder(applications),
];

interface Means {
  readonly network: Network;
  readonly spark: PySpark;
  readonly kubelet: Kubelet;
  readonly faults: Faults;
  /** Pods of teams and of workflows since the beginning. */
  readonly seen: JobPods;
  /** What plays the executor in pods of workflows. */
  readonly steps: WorkflowPods;
}

/** Ends every program while workflows, Spark jobs and a session run; tells what was lost or doubled. */
async function endUnderLoad(
  scene: Scene,
  { network, spark, kubelet, faults, seen, steps }: Means,
): Promise<{ readonly problems: readonly string[]; readonly figures: readonly string[] }> {
  const { teams } = scene.site.synthesis.model.site;
  await kubelet.ready();
  const before = await look(scene);
  const load = new Load(scene);
  const [team] = teams;
  const session = team ? openSession(scene, network, spark, team.namespace) : undefined;
  // It is awaited below, after what may fail before it.
  session?.catch(() => undefined);
  const all = faultsOf(scene, kubelet);
  for (const [index, fault] of all.entries()) {
    // As the first and in the middle.
    if (index % Math.ceil(all.length / 2) === 0) await load.refine();
    await load.greet();
    await pause(BETWEEN_MS);
    await faults.happen(fault);
  }
  const started = Date.now();
  const { workflows, runs, streams } = await load.ended();
  const lasted = seconds(started);
  const opened = await session;
  const settled = await settle(scene);
  const after = await look(scene);
  const lost = losses(before.objects, after.objects);
  const pods: readonly Pod[] = await seen.stop();
  const application = opened?.executors[0]?.metadata.labels?.[APPLICATION];
  const executors = pods.filter(({ metadata }) => metadata.labels?.[APPLICATION] === application).length;
  const again = runs.filter(
    (run) => driversOf(run, pods).length > (run.status?.executionAttempts ?? 0),
  ).length;
  const retries = workflows.reduce((sum, each) => sum + retriesOf(each), 0);
  return {
    problems: [
      ...problemsOf(settled),
      ...before.problems,
      ...after.problems,
      ...lost,
      ...workflows.flatMap((each) => problemsOfWorkflow(each, pods)),
      ...runs.flatMap((each) => problemsOfRun(each, pods)),
      ...streams.flatMap((each) => problemsOfStream(each, pods)),
      // A step that was tried again, and well, is no problem; else its pod may say why.
      ...(workflows.every(({ status }) => status?.phase === 'Succeeded') ? [] : steps.problems),
      ...(opened?.problems ?? []),
      // One is taken from it, and may have gone unseen while the API server was away.
      ...(opened && executors > EXECUTORS + 1
        ? [`a session that asked for ${EXECUTORS} executors and lost one was given ${executors}`]
        : []),
    ],
    figures: [
      `${all.length} programs ended under ${workflows.length} workflows and ${runs.length} Spark jobs and ${streams.length} streams, ` +
        `of which all that end were over ${lasted} s after the last`,
      `${before.objects.length - lost.length} of ${before.objects.length} objects of dist are the ones that were there`,
      `${retries} steps of workflows were tried again, as their retryStrategy says`,
      `${again} Spark jobs were submitted again because the operator ended while it submitted them`,
    ],
  };
}
