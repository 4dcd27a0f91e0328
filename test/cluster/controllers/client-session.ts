import fs from 'node:fs';
import path from 'node:path';
import type { Api, Resource } from '../api';
import type { Scene } from '../proof';
import { until } from '../wait';
import type { Workload } from './container';
import type { Network } from './network';
import { type Image, Pod } from './pod';
import type { PySpark } from './pyspark';
import { refusals } from './refusals';
import { isStream } from './spark-operator';

const ACCOUNT = 'spark';
const CONF = '/etc/spark';
/** How many executors are asked for. */
export const EXECUTORS = 3;

/** What Spark cannot have here, and why. */
export const WITHOUT = {
  // There is no object store.
  'spark.eventLog.enabled': 'false',
  'spark.storage.decommission.fallbackStorage.path': 'file:///tmp/fallback/',
  // There is no network to fetch jars from.
  'spark.jars.packages': '',
  'spark.jars': '',
  'spark.driver.host': '127.0.0.1',
} as const;

export interface ExecutorPod extends Resource {
  readonly spec: { readonly nodeName?: string; readonly serviceAccountName?: string };
  readonly status: { readonly phase?: string };
}

/** What a job of dist says of its driver's pod. */
interface DriverTemplate {
  readonly metadata: object;
  readonly spec: { readonly containers: readonly object[] };
}

/** What a session was seen to do. */
export interface Session {
  readonly executors: readonly ExecutorPod[];
  readonly problems: readonly string[];
}

/**
 * Opens a session in client mode with the settings that dist puts into a team's namespace and the account that it
 * gives to drivers; waits for its executors, takes one away as a lost node does, then ends it.
 */
export async function openSession(
  { cluster, site }: Scene,
  network: Network,
  { home, python }: PySpark,
  namespace: string,
): Promise<Session> {
  const name = `session-${namespace}`;
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  const own = `${pods}/${name}`;
  const driver = (await cluster.api.create<Resource>(pods, driverPod(site, name))).body;
  const added = () => executorsOf(driver, cluster.api);
  const running = async () => (await added()).filter(({ status }) => status.phase === 'Running');
  const submitted = submitArguments({
    ...WITHOUT,
    // One that has nothing to do would ask for none.
    'spark.dynamicAllocation.minExecutors': String(EXECUTORS),
    'spark.kubernetes.driver.pod.name': name,
  });
  const workload = workloadOf(name, namespace, python);
  const pod = await Pod.startWorkload(cluster, network, name, workload, sessionImage(home, submitted));
  try {
    const executors = await until(
      `${EXECUTORS} running executors of a session in ${namespace}`,
      async () => {
        const now = await running();
        return now.length >= EXECUTORS && logOf(pod).includes('session spark-') && now;
      },
      { timeoutMs: 180_000, everyMs: 500, state: () => pod.lastWords() },
    );
    const lost = executors[0]?.metadata.name;
    await cluster.api.patch(`/api/v1/namespaces/${namespace}/pods/${lost}/status`, {
      status: { phase: 'Failed', reason: 'Shutdown' },
    });
    await until(
      `another executor in the place of ${lost}`,
      async () => {
        const names = (await running()).map(({ metadata }) => metadata.name);
        return names.length >= EXECUTORS && !(await added()).some(({ metadata }) => metadata.name === lost);
      },
      { timeoutMs: 120_000, everyMs: 500, state: () => pod.lastWords() },
    );
    // A session takes its executors along, for which it may take more time than programs are given elsewhere.
    process.kill(pod.service.pid, 'SIGTERM');
    let hasEnded = false;
    void pod.service.ended.then(() => {
      hasEnded = true;
    });
    await until('the end of the session', async () => hasEnded, { timeoutMs: 60_000 });
    const left = (await added()).filter(({ metadata }) => !metadata.deletionTimestamp);
    return {
      executors,
      problems: [
        ...(left.length > 0 ? [`${left.length} executors outlive their session in ${namespace}`] : []),
        ...(logOf(pod).includes('session stopped')
          ? []
          : [`the session in ${namespace}: ${pod.lastWords()}`]),
        ...refusals(cluster, namespace, ACCOUNT),
      ],
    };
  } finally {
    await pod.service.stop();
    await cluster.api.delete(own);
  }
}

/** The pod that the session would be in: drivers read theirs, and it owns the executors. */
function driverPod({ objects }: Scene['site'], name: string): object {
  const job = objects.find(({ manifest }) => manifest.kind === 'SparkApplication' && !isStream(manifest));
  if (!job) throw new Error('dist has no job whose driver could be taken as a pattern');
  // The CRD holds the shape.
  const { template } = (job.manifest.spec as unknown as { driver: { template: DriverTemplate } }).driver;
  const containers = template.spec.containers.map((container) => ({
    image: 'registry.example/session:1',
    resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '1Gi' } },
    ...container,
  }));
  return {
    ...template,
    metadata: { ...template.metadata, name },
    spec: { ...template.spec, serviceAccountName: ACCOUNT, containers },
  };
}

const logOf = ({ service }: Pod): string => fs.readFileSync(service.log, 'utf8');

/** Arguments of a session in Python, which are of a file of properties or of single ones. */
export const submitArguments = (
  properties: Readonly<Record<string, string>>,
  more: readonly string[] = [],
): string =>
  [
    ...more,
    ...Object.entries(properties).flatMap(([key, value]) => ['--conf', `"${key}=${value}"`]),
    'pyspark-shell',
  ].join(' ');

/** Path of the program of a session in {@link sessionImage}. */
export const SESSION = '/opt/session.py';

/** A Spark whose program is a session that does nothing. */
export const sessionImage = (home: string, submitted: string): Image => ({
  entrypoint: [],
  files: { '/opt/spark': home, [SESSION]: path.join(__dirname, 'client_session.py') },
  env: {
    SPARK_HOME: '/opt/spark',
    SPARK_LOCAL_IP: '127.0.0.1',
    PYTHONPATH: '/opt/spark/python',
    PYSPARK_SUBMIT_ARGS: submitted,
  },
});

/** Executors that a driver has made and that are there. */
export const executorsOf = async ({ metadata }: Resource, api: Api): Promise<ExecutorPod[]> =>
  (
    await api.list<ExecutorPod>(
      `/api/v1/namespaces/${metadata.namespace}/pods?labelSelector=spark-role%3Dexecutor`,
    )
  ).filter((pod) => pod.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid));

/** A pod such as a notebook's. */
const workloadOf = (name: string, namespace: string, python: string): Workload => {
  const container = {
    name: 'session',
    image: '',
    command: [python, SESSION],
    env: [{ name: 'SPARK_CONF_DIR', value: CONF }],
    volumeMounts: [
      { name: 'conf', mountPath: CONF },
      { name: 'tmp', mountPath: '/tmp' },
    ],
    securityContext: { readOnlyRootFilesystem: true },
  };
  const volumes = [
    { name: 'conf', configMap: { name: 'spark-defaults' } },
    { name: 'tmp', emptyDir: {} },
  ];
  return {
    name,
    namespace,
    container,
    pod: { serviceAccountName: ACCOUNT, containers: [container], volumes },
  };
};
