import { stringify } from 'dot-properties';
import type { Egress, Identity } from '../../../core/cloud';
import type { Site } from '../../../core/site';
import { ACCOUNTS } from './accounts';
import { PORTS } from './endpoints';
import { imageOf, jarsOf, storeJars } from './image';
import { lineageConf, lineageJars } from './lineage';
import { queueConf } from './queues';
import type { Settings } from './settings';
import { tableConf } from './tables';
import { CONTAINERS, GRACE_PERIOD } from './template';

/** Settings of Spark by key. */
export type SparkConf = Readonly<Record<string, string>>;

/** Where Ivy keeps what it fetches: a folder that a read-only image leaves writable. */
export const IVY = '/tmp/.ivy2';

/** How long an idle executor is kept for the results of a shuffle or the cached tables that it holds. */
const IDLE_WITH_DATA = '600s';

/** Jars that a job fetches when it starts: what its image lacks. */
export const jobJars = (site: Site, settings: Settings): readonly string[] => [
  ...jarsOf(site, settings),
  ...lineageJars(settings),
];

function jarConf(jars: readonly string[], { repositories }: Settings): SparkConf {
  const isUrl = (jar: string) => jar.startsWith('https:');
  const packages = jars.filter((jar) => !isUrl(jar));
  const urls = jars.filter(isUrl);
  return {
    ...(urls.length > 0 ? { 'spark.jars': urls.join(',') } : {}),
    ...(packages.length > 0 ? { 'spark.jars.ivy': IVY, 'spark.jars.packages': packages.join(',') } : {}),
    ...(repositories.length > 0 ? { 'spark.jars.repositories': repositories.join(',') } : {}),
  };
}

/** Where jars are fetched from; undefined where the image has them all. */
export const jarEgress = (site: Site, settings: Settings): Egress | undefined =>
  jobJars(site, settings).length === 0 ? undefined : mavenEgress(settings);

/** Maven Central and the repositories that are asked before it. */
export function mavenEgress({ repositories }: Settings): Egress {
  const ports = repositories.map((each) => {
    const { port, protocol } = new URL(each);
    return Number(port) || (protocol === 'https:' ? 443 : 80);
  });
  return { name: 'maven', cidrs: ['0.0.0.0/0'], ports: [443, ...ports] };
}

/** The object store: how it is reached, and how pods of an identity prove who they are. */
function hadoopConf(site: Site, identity: Identity): SparkConf {
  const hadoop = Object.entries({ ...site.cloud.objectStore.hadoop, ...identity.hadoop });
  return Object.fromEntries(hadoop.map(([key, value]) => [`spark.hadoop.${key}`, value]));
}

/** What reads from the object store and knows no tables. */
export const storeConf = (site: Site, settings: Settings, identity: Identity): SparkConf => ({
  ...jarConf(storeJars(site, settings), settings),
  ...hadoopConf(site, identity),
});

/** Where event logs lie. The root of the bucket: any folder in it would have to be made before the first job. */
export const eventLog = (site: Site): string => site.uri('event-logs');

/** What every job of the site is started with; a job may overwrite any of it. */
export function sparkDefaults(site: Site, settings: Settings, identity: Identity): SparkConf {
  return {
    ...jarConf(jobJars(site, settings), settings),
    ...hadoopConf(site, identity),
    ...tableConf(site),
    ...lineageConf(site, settings),

    'spark.eventLog.enabled': 'true',
    'spark.eventLog.dir': eventLog(site),
    'spark.eventLog.compress': 'true',
    'spark.eventLog.rolling.enabled': 'true',

    // An executor that is told to leave hands its blocks to the others, or else to the object store.
    'spark.decommission.enabled': 'true',
    'spark.storage.decommission.enabled': 'true',
    'spark.storage.decommission.shuffleBlocks.enabled': 'true',
    'spark.storage.decommission.rddBlocks.enabled': 'true',
    'spark.storage.decommission.fallbackStorage.path': site.uri('scratch', 'spark-fallback/'),
    'spark.storage.decommission.fallbackStorage.cleanUp': 'true',
    'spark.kubernetes.executor.terminationGracePeriodSeconds': `${GRACE_PERIOD.executor}s`,

    'spark.dynamicAllocation.enabled': 'true',
    'spark.dynamicAllocation.shuffleTracking.enabled': 'true',
    'spark.dynamicAllocation.executorIdleTimeout': '120s',
    // By default, an executor that holds results of a shuffle or cached tables stays, idle, as long as the driver. What
    // it holds is handed over when it leaves.
    'spark.dynamicAllocation.shuffleTracking.timeout': IDLE_WITH_DATA,
    'spark.dynamicAllocation.cachedExecutorIdleTimeout': IDLE_WITH_DATA,
    'spark.dynamicAllocation.minExecutors': String(settings.executors.min),
    'spark.dynamicAllocation.maxExecutors': String(settings.executors.max),
    // Executors come in batches that a node pool can follow.
    'spark.kubernetes.allocation.batch.size': '20',

    // Losing spot nodes is normal and must not count as the program's failure.
    'spark.task.maxFailures': '10',
    'spark.stage.maxConsecutiveAttempts': '10',
    'spark.stage.ignoreDecommissionFetchFailure': 'true',

    'spark.driver.port': String(PORTS.driver),
    'spark.driver.blockManager.port': String(PORTS.blockManager),
    'spark.blockManager.port': String(PORTS.blockManager),
    'spark.ui.port': String(PORTS.ui),

    // On that port: /metrics/prometheus has those of the driver, /metrics/executors/prometheus those of executors.
    'spark.ui.prometheus.enabled': 'true',
    'spark.metrics.conf.*.sink.prometheusServlet.class': 'org.apache.spark.metrics.sink.PrometheusServlet',
    'spark.metrics.conf.*.sink.prometheusServlet.path': '/metrics/prometheus',
    // The same names in every job; by default the id of the application is part of them.
    'spark.metrics.namespace': 'spark',

    ...queueConf(settings),

    'spark.sql.adaptive.enabled': 'true',
    'spark.sql.parquet.compression.codec': 'zstd',

    'spark.kubernetes.container.image': imageOf(site, settings),
    'spark.kubernetes.container.image.pullPolicy': 'IfNotPresent',
    'spark.kubernetes.authenticate.driver.serviceAccountName': ACCOUNTS.driver,
    'spark.kubernetes.authenticate.executor.serviceAccountName': ACCOUNTS.executor,
    'spark.kubernetes.driver.podTemplateContainerName': CONTAINERS.driver,
    'spark.kubernetes.executor.podTemplateContainerName': CONTAINERS.executor,
    // Scratch space is the node's; a claim for each executor would outlive it.
    'spark.kubernetes.driver.ownPersistentVolumeClaim': 'false',
    'spark.kubernetes.driver.reusePersistentVolumeClaim': 'false',
  };
}

/** The file that Spark reads. */
export const confFile = (conf: SparkConf): string =>
  `${stringify({ ...conf }, { keySep: ' ', lineWidth: null })}\n`;
