import fs from 'node:fs';
import path from 'node:path';
import type { Resource } from '../api';
import type { Scene } from '../proof';
import { until } from '../wait';
import type { Workload } from './container';
import type { Network } from './network';
import { Pod } from './pod';
import type { PySpark } from './pyspark';
import { refusals } from './refusals';

const ACCOUNT = 'spark';
const CONF = '/etc/spark';
/** How many executors are asked for. */
export const EXECUTORS = 3;

/** What a session cannot have here, and why. */
const WITHOUT = {
  // There is no object store.
  'spark.eventLog.enabled': 'false',
  'spark.storage.decommission.fallbackStorage.path': 'file:///tmp/fallback/',
  // There is no network to fetch jars from.
  'spark.jars.packages': '',
  'spark.jars': '',
  // A session that has nothing to do would ask for none.
  'spark.dynamicAllocation.minExecutors': String(EXECUTORS),
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
  const pods = `/api/v1/namespaces/${namespace}/pods?labelSelector=spark-role%3Dexecutor`;
  const before = new Set((await cluster.api.list<ExecutorPod>(pods)).map(({ metadata }) => metadata.uid));
  const added = async () =>
    (await cluster.api.list<ExecutorPod>(pods)).filter(({ metadata }) => !before.has(metadata.uid));
  const own = `/api/v1/namespaces/${namespace}/pods/${name}`;
  await cluster.api.create(`/api/v1/namespaces/${namespace}/pods`, driverPod(site, name));
  const running = async () => (await added()).filter(({ status }) => status.phase === 'Running');
  const pod = await Pod.startWorkload(cluster, network, name, workloadOf(name, namespace, python), {
    entrypoint: [],
    files: { '/opt/spark': home, '/opt/session.py': path.join(__dirname, 'client_session.py') },
    env: {
      SPARK_HOME: '/opt/spark',
      SPARK_LOCAL_IP: '127.0.0.1',
      PYSPARK_SUBMIT_ARGS: submitArguments(name),
    },
  });
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
  const job = objects.find(({ manifest }) => manifest.kind === 'SparkApplication');
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

const submitArguments = (pod: string): string =>
  [
    ...Object.entries({ ...WITHOUT, 'spark.kubernetes.driver.pod.name': pod }).flatMap(([key, value]) => [
      '--conf',
      `"${key}=${value}"`,
    ]),
    'pyspark-shell',
  ].join(' ');

/** A pod such as a notebook's. */
const workloadOf = (name: string, namespace: string, python: string): Workload => {
  const container = {
    name: 'session',
    image: '',
    command: [python, '/opt/session.py'],
    env: [
      { name: 'SPARK_CONF_DIR', value: CONF },
      { name: 'PYTHONPATH', value: '/opt/spark/python' },
    ],
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
