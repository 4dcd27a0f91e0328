import { stringify } from 'dot-properties';
import type { Address } from '../../../core/endpoint';
import { parseQuantity } from '../../../core/quantity';
import type { Site } from '../../../core/site';
import type { ServerRole } from './compute';
import { CLUSTER, FOLDERS, NAME, PORTS } from './names';
import type { Settings } from './settings';

/** Where pods find what; `data` is what they write themselves. */
export const PATHS = {
  config: '/etc/druid',
  keystore: '/etc/server',
  database: '/etc/database',
  kafka: '/etc/kafka',
  data: '/opt/druid/var',
  cache: '/opt/druid/var/segment-cache',
} as const;

/** Variables of the environment that properties take secrets from. */
export const VARIABLES = {
  host: 'POD_IP',
  keystore: 'KEYSTORE_PASSWORD',
  admin: 'ADMIN_PASSWORD',
  internal: 'INTERNAL_PASSWORD',
  databaseUser: 'DATABASE_USER',
  databasePassword: 'DATABASE_PASSWORD',
  kafka: 'KAFKA_JAAS',
} as const;

type Properties = Readonly<Record<string, string | number | boolean>>;

/** A runtime.properties of Java. */
export const text = (properties: Properties): string =>
  `${stringify(Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, String(value)])))}\n`;

/** A password that Druid reads from its environment, and writes into no log. */
const secret = (variable: string): string => JSON.stringify({ type: 'environment', variable });

const EXTENSIONS = [
  'druid-kubernetes-extensions',
  'druid-kubernetes-overlord-extensions',
  'druid-basic-security',
  'simple-client-sslcontext',
  'postgresql-metadata-storage',
  'druid-kafka-indexing-service',
  'druid-parquet-extensions',
  'druid-datasketches',
] as const;

/** What all servers and tasks have in common. */
export function commonProperties(
  site: Site,
  database: Address & { readonly name: string; readonly ca: string },
): Properties {
  const { host, port, name, ca } = database;
  const storage = storageProperties(site);
  return {
    'druid.extensions.loadList': JSON.stringify([...EXTENSIONS, storage.extension]),
    // Pods know each other by address, as the API server has them: there is no ZooKeeper.
    'druid.host': `\${env:${VARIABLES.host}}`,
    'druid.zk.service.enabled': false,
    'druid.discovery.type': 'k8s',
    'druid.discovery.k8s.clusterIdentifier': CLUSTER,
    'druid.serverview.type': 'http',
    'druid.indexer.runner.type': 'httpRemote',
    'druid.selectors.indexing.serviceName': 'druid/coordinator',
    'druid.selectors.coordinator.serviceName': 'druid/coordinator',
    'druid.startup.logging.logProperties': false,
    'druid.lookup.enableLookupSyncOnStartup': false,
    'druid.metadata.storage.type': 'postgresql',
    'druid.metadata.storage.connector.connectURI': `jdbc:postgresql://${host}:${port}/${name}?sslmode=verify-full&sslrootcert=${PATHS.database}/${ca}`,
    'druid.metadata.storage.connector.user': `\${env:${VARIABLES.databaseUser}}`,
    'druid.metadata.storage.connector.password': secret(VARIABLES.databasePassword),
    ...storage.properties,
    ...TLS,
    ...SECURITY,
  };
}

const STORE = `${PATHS.keystore}/keystore.p12`;
const TRUST = `${PATHS.keystore}/truststore.p12`;

const TLS: Properties = {
  'druid.enablePlaintextPort': false,
  'druid.enableTlsPort': true,
  'druid.server.https.keyStorePath': STORE,
  'druid.server.https.keyStoreType': 'PKCS12',
  // A keystore without names counts its entries.
  'druid.server.https.certAlias': '1',
  'druid.server.https.keyStorePassword': secret(VARIABLES.keystore),
  'druid.server.https.reloadSslContext': true,
  'druid.client.https.protocol': 'TLSv1.3',
  'druid.client.https.trustStoreType': 'PKCS12',
  'druid.client.https.trustStorePath': TRUST,
  'druid.client.https.trustStorePassword': secret(VARIABLES.keystore),
  // Certificates have names of Services, and no addresses of pods: that one is of our authority is what counts.
  'druid.client.https.validateHostnames': false,
};

const SECURITY: Properties = {
  'druid.auth.authenticatorChain': JSON.stringify(['basic']),
  'druid.auth.authenticator.basic.type': 'basic',
  'druid.auth.authenticator.basic.initialAdminPassword': secret(VARIABLES.admin),
  'druid.auth.authenticator.basic.initialInternalClientPassword': secret(VARIABLES.internal),
  'druid.auth.authenticator.basic.credentialsValidator.type': 'metadata',
  'druid.auth.authenticator.basic.skipOnFailure': false,
  'druid.auth.authenticator.basic.authorizerName': 'basic',
  'druid.escalator.type': 'basic',
  'druid.escalator.internalClientUsername': 'druid_system',
  'druid.escalator.internalClientPassword': secret(VARIABLES.internal),
  'druid.escalator.authorizerName': 'basic',
  'druid.auth.authorizers': JSON.stringify(['basic']),
  'druid.auth.authorizer.basic.type': 'basic',
  // What kubelets ask.
  'druid.auth.unsecuredPaths': JSON.stringify(['/status/health', '/status/ready']),
};

/** The store in the words of Druid; who pods are comes from their environment. */
function storageProperties({ cloud, bucket: named }: Site): {
  readonly extension: string;
  readonly properties: Properties;
} {
  const { client } = cloud.objectStore;
  const bucket = named('deep-storage');
  const { segments, logs } = FOLDERS;
  switch (client.protocol) {
    case 's3':
      return {
        extension: 'druid-s3-extensions',
        properties: {
          'druid.storage.type': 's3',
          'druid.storage.bucket': bucket,
          'druid.storage.baseKey': segments,
          // Buckets have no lists of who may what, object by object.
          'druid.storage.disableAcl': true,
          'druid.s3.protocol': client.tls ? 'https' : 'http',
          'druid.s3.endpoint.url': client.endpoint,
          'druid.s3.endpoint.signingRegion': client.region,
          'druid.s3.enablePathStyleAccess': client.pathStyle,
          'druid.indexer.logs.type': 's3',
          'druid.indexer.logs.s3Bucket': bucket,
          'druid.indexer.logs.s3Prefix': logs,
          'druid.indexer.logs.disableAcl': true,
        },
      };
    case 'azure':
      return {
        extension: 'druid-azure-extensions',
        properties: {
          'druid.storage.type': 'azure',
          'druid.azure.account': client.account,
          'druid.azure.container': bucket,
          'druid.azure.prefix': segments,
          'druid.azure.useAzureCredentialsChain': true,
          'druid.indexer.logs.type': 'azure',
          'druid.indexer.logs.container': bucket,
          'druid.indexer.logs.prefix': logs,
        },
      };
    case 'gcs':
      return {
        extension: 'druid-google-extensions',
        properties: {
          'druid.storage.type': 'google',
          'druid.google.bucket': bucket,
          'druid.google.prefix': segments,
          'druid.indexer.logs.type': 'google',
          'druid.indexer.logs.bucket': bucket,
          'druid.indexer.logs.prefix': logs,
        },
      };
  }
}

/** What each sort of server has of its own. */
export function serverProperties(role: ServerRole, settings: Settings): Properties {
  const own = { 'druid.tlsPort': PORTS[role] };
  switch (role) {
    case 'master':
      return {
        ...own,
        'druid.service': 'druid/coordinator',
        'druid.coordinator.asOverlord.enabled': true,
        'druid.coordinator.asOverlord.overlordService': 'druid/overlord',
        'druid.coordinator.startDelay': 'PT10S',
        'druid.coordinator.period': 'PT30S',
        // Segments that nobody uses any more leave the object store.
        'druid.coordinator.kill.on': true,
        'druid.coordinator.kill.durationToRetain': 'P7D',
        'druid.indexer.queue.startDelay': 'PT5S',
        'druid.indexer.storage.type': 'metadata',
        'druid.indexer.runner.type': 'k8s',
        'druid.indexer.runner.namespace': NAME,
        'druid.indexer.runner.capacity': settings.tasks.count.max,
        'druid.indexer.runner.maxTaskDuration': 'P1D',
        'druid.indexer.runner.taskCleanupDelay': 'PT1H',
        'druid.indexer.runner.k8s.adapter.type': 'customTemplateAdapter',
        'druid.indexer.runner.k8s.podTemplate.base': `${PATHS.config}/task.yaml`,
        'druid.indexer.task.encapsulatedTask': true,
        'druid.processing.intermediaryData.storage.type': 'deepstore',
      };
    case 'broker':
      return {
        ...own,
        'druid.service': 'druid/broker',
        'druid.broker.http.numConnections': 20,
        'druid.server.http.numThreads': 40,
        ...processing(1),
        'druid.sql.enable': true,
      };
    case 'historical': {
      // A tenth is left to the file system.
      const bytes = Math.floor(parseQuantity(settings.historicals.storage) * 0.9);
      return {
        ...own,
        'druid.service': 'druid/historical',
        'druid.server.http.numThreads': 40,
        ...processing(Math.max(1, Math.floor(parseQuantity(settings.historicals.cpu)))),
        'druid.server.maxSize': bytes,
        'druid.segmentCache.locations': JSON.stringify([{ path: PATHS.cache, maxSize: bytes }]),
      };
    }
    case 'router':
      return {
        ...own,
        'druid.service': 'druid/router',
        'druid.router.http.numConnections': 40,
        'druid.server.http.numThreads': 40,
        'druid.router.defaultBrokerServiceName': 'druid/broker',
        'druid.router.coordinatorServiceName': 'druid/coordinator',
        'druid.router.managementProxy.enabled': true,
      };
  }
}

/** Tasks: they load, answer for what they load until others have it, and end. */
export const taskProperties = (): Properties => ({
  'druid.tlsPort': PORTS.task,
  'druid.service': 'druid/peon',
  'druid.peon.mode': 'remote',
  'druid.indexer.runner.type': 'k8s',
  'druid.indexer.runner.namespace': NAME,
  'druid.indexer.task.encapsulatedTask': true,
  'druid.indexer.task.baseDir': PATHS.data,
  'druid.processing.intermediaryData.storage.type': 'deepstore',
  'druid.server.http.numThreads': 20,
  ...processing(1),
});

/** Buffers are beside the heap: one a thread, two in which answers are merged, and one more. */
const processing = (threads: number): Properties => ({
  'druid.processing.numThreads': threads,
  'druid.processing.numMergeBuffers': 2,
  'druid.processing.buffer.sizeBytes': 64 * 2 ** 20,
});
