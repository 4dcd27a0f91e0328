import { applyObjects } from '../apply';
import { ArgoServer, argoProgram, whyNoServer } from '../controllers/argo-server';
import { ArgoWorkflows, greeting } from '../controllers/argo-workflows';
import { Book, COLUMNS, notProvable } from '../controllers/book';
import { openSession } from '../controllers/client-session';
import { copiesOf, copySecrets } from '../controllers/copied-secrets';
import { countPods, JobPods } from '../controllers/job-pods';
import { Network } from '../controllers/network';
import { type PySpark, pyspark } from '../controllers/pyspark';
import { refusals } from '../controllers/refusals';
import { whyNoSandbox } from '../controllers/sandbox';
import { ServiceProxy } from '../controllers/service-proxy';
import { isStream, SparkOperator } from '../controllers/spark-operator';
import { jobTrials, workflowJobTrials } from '../controllers/spark-trials';
import { followStream, StreamDrivers } from '../controllers/streams';
import { distTrials, type Trial, workflowTrials } from '../controllers/workflow-trials';
import { Kinds } from '../kinds';
import type { Outcome, Proof, Scene } from '../proof';
import type { Column } from '../record';
import type { DistObject } from '../site';
import { misplaced } from './placed';

/** Workflows and jobs of simulated pods take half a minute each; a busy machine takes some times as long. */
const TIMEOUT_MS = 6 * 60_000;

/** Real controllers work under the roles of dist, with the arguments and files that it gives them. */
export const controllers: Proof = {
  name: 'controllers',
  claim: 'each controller runs as its Deployment says, is refused nothing, and does what it is there for',
  sites: 'fullest',
  columns: COLUMNS,
  programs: ['workflow-controller', 'spark-operator'],
  async run(scene: Scene): Promise<Outcome> {
    const why = whyNoSandbox();
    if (why) return { findings: notProvable(scene, why), figures: [] };
    const network = await Network.open(scene.cluster);
    const proxy = await ServiceProxy.open(scene.cluster);
    const pods = new JobPods(scene);
    const book = new Book(scene, [ARGO, SPARK]);
    try {
      await play(scene, network, proxy, book);
    } finally {
      for (const { component, problem } of misplaced(scene, await pods.stop())) {
        book.report(component, 'used', problem);
      }
      proxy.close();
      network.close();
    }
    return { findings: book.findings(), figures: [...book.figures, ...countPods(scene, await pods.stop())] };
  },
};

async function play(scene: Scene, network: Network, proxy: ServiceProxy, book: Book): Promise<void> {
  const has = (component: string) => scene.site.components.some(({ name }) => name === component);
  const argo = has(ARGO) ? await startArgo(scene, network, book) : undefined;
  try {
    // Most of it is waiting.
    await Promise.all([
      argo && playWorkflows(scene, network, argo, book),
      has(SPARK) && playSpark(scene, network, proxy, argo, book),
    ]);
  } finally {
    await argo?.stop();
    if (argo) {
      book.report(ARGO, 'controller', ...argo.refusals());
      book.report(ARGO, 'used', ...argo.pods.problems);
    }
  }
}

const ARGO = 'argo-workflows';
const SPARK = 'spark';

const startArgo = (scene: Scene, network: Network, book: Book): Promise<ArgoWorkflows | undefined> =>
  book.make(ARGO, 'controller', 'start of the workflow controller', () =>
    ArgoWorkflows.start(scene, network),
  );

async function playWorkflows(scene: Scene, network: Network, argo: ArgoWorkflows, book: Book): Promise<void> {
  // It ends where a key of its configuration is unknown or of the wrong type.
  book.report(ARGO, 'configuration');
  const [team] = scene.site.synthesis.model.site.teams;
  if (!team) return;
  const first: Trial = {
    what: 'a workflow of two steps',
    run: async () => (await argo.runToEnd(greeting(team.namespace), TIMEOUT_MS)).problems,
  };
  const trials = [
    first,
    ...workflowTrials(scene, argo, team.namespace, TIMEOUT_MS),
    ...distTrials(scene, argo, TIMEOUT_MS),
  ];
  await Promise.all([all(trials, ARGO, 'used', book), playServer(scene, network, book)]);
}

async function playServer(scene: Scene, network: Network, book: Book): Promise<void> {
  const program = argoProgram();
  if (!program) {
    book.figures.push(`${scene.site.name}: the server of Argo Workflows was not run: ${whyNoServer()}`);
    return;
  }
  const server = await book.make(ARGO, 'controller', 'start of the server of Argo Workflows', () =>
    ArgoServer.start(scene, network, program),
  );
  if (!server) return;
  try {
    const [team, other] = scene.site.synthesis.model.site.teams;
    if (!team) return;
    await book.try(ARGO, 'used', 'a workflow submitted through the server by a person of a team', () =>
      server.serve(team.namespace, other?.namespace, TIMEOUT_MS),
    );
  } finally {
    await server.stop();
    book.report(ARGO, 'controller', ...server.refusals());
  }
}

/** Tries several things at a time: most of it is waiting. */
const all = (trials: readonly Trial[], component: string, column: Column, book: Book): Promise<unknown> =>
  Promise.all(trials.map(({ what, run }) => book.try(component, column, what, run)));

async function playSpark(
  scene: Scene,
  network: Network,
  proxy: ServiceProxy,
  argo: ArgoWorkflows | undefined,
  book: Book,
): Promise<void> {
  const { site, cluster } = scene;
  const started = await book.make(
    SPARK,
    'controller',
    'start of the Spark operator and its webhook',
    async () => {
      const spark = await pyspark(scene.say);
      return { spark, operator: await SparkOperator.start(scene, network, proxy, spark) };
    },
  );
  if (!started) return;
  const { spark, operator } = started;
  const streams = new StreamDrivers(scene);
  try {
    await playJobs(scene, { network, spark, operator, argo }, book);
  } finally {
    await streams.stop();
    await operator.stop();
    book.report(SPARK, 'controller', ...operator.refusals());
    const drivers = site.synthesis.model.site.teams.flatMap(({ namespace }) =>
      refusals(cluster, namespace, 'spark'),
    );
    book.report(SPARK, 'used', ...drivers);
  }
}

interface Means {
  readonly network: Network;
  readonly spark: PySpark;
  readonly operator: SparkOperator;
  readonly argo: ArgoWorkflows | undefined;
}

async function playJobs(scene: Scene, { network, spark, operator, argo }: Means, book: Book): Promise<void> {
  const { site, cluster } = scene;
  const find = (kind: string): DistObject[] => site.objects.filter(({ manifest }) => manifest.kind === kind);
  const jobs = [...find('SparkApplication'), ...find('ScheduledSparkApplication')];
  await book.try(SPARK, 'controller', 'the webhook lets the jobs of dist pass', async () => {
    const applied = await applyObjects(jobs, cluster.api, new Kinds(cluster.api));
    return applied.flatMap(({ problems }) => problems);
  });
  if (copiesOf(site.objects).length > 0) {
    await book.try(
      SPARK,
      'used',
      'Secrets copied into namespaces of teams by an account of each',
      async () => {
        await copySecrets(scene);
        return [];
      },
    );
  }
  const ofDist = find('SparkApplication').map(({ manifest }): Trial => {
    const { name, namespace = '' } = manifest.metadata;
    return isStream(manifest)
      ? {
          what: `stream ${namespace}/${name} from submission to executors on nodes, and its deletion`,
          run: () => followStream(scene, { network, spark, operator }, manifest, TIMEOUT_MS),
        }
      : {
          what: `job ${namespace}/${name} from submission to its end`,
          run: () => operator.followToEnd(namespace, name, TIMEOUT_MS),
        };
  });
  const [team] = site.synthesis.model.site.teams;
  const sessions = team ? [team.namespace] : [];
  await Promise.all([
    all([...ofDist, ...jobTrials(scene, operator, TIMEOUT_MS)], SPARK, 'used', book),
    argo && all(workflowJobTrials(scene, argo, 3 * TIMEOUT_MS), SPARK, 'used', book),
    ...sessions.map((namespace) =>
      book.try(SPARK, 'configuration', `a session in client mode in ${namespace}`, async () => {
        const { problems } = await openSession(scene, network, spark, namespace);
        return problems;
      }),
    ),
  ]);
}
