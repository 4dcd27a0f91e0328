import type { ComponentChart } from '../../../core/chart';
import type { Identity } from '../../../core/cloud';
import type { ObjectStoreClient } from '../../../core/object-store';
import { ObjectStore, type ObjectStoreSpec, ScheduledBackup } from '../../../imports/cloudnative-pg';
import { ARCHIVER } from './compute';
import { KEPT, PLUGIN, STORE } from './names';
import type { Settings } from './settings';

/** Folder of the bucket, in which each cluster has one of its name. */
const FOLDER = 'postgres';

/** Full backups by the clock, and every change in between: what the cluster is restored from, up to any second. */
export function writeBackups(chart: ComponentChart, { cluster, backup }: Settings, identity: Identity): void {
  const { client } = chart.site.cloud.objectStore;
  const { cpu, memory, memoryLimit } = ARCHIVER;
  const env = environment(client);
  chart.keep({
    bucket: 'backups',
    path: `${FOLDER}/`,
    days: backup.retentionDays,
    what: 'backups and changes that the cluster is restored from',
    setting: `components.${chart.component}.backup.retentionDays`,
  });
  new ObjectStore(chart, 'store', {
    metadata: { name: STORE, namespace: chart.home, annotations: { ...KEPT } },
    spec: {
      configuration: {
        ...place(client, chart.site.bucket('backups'), identity),
        data: { compression: 'gzip' },
        wal: { compression: 'gzip', maxParallel: 4 },
      },
      instanceSidecarConfiguration: {
        ...(env.length > 0 ? { env } : {}),
        logLevel: 'info',
        resources: { requests: { cpu, memory }, limits: { memory: memoryLimit } },
      },
      retentionPolicy: `${backup.retentionDays}d`,
    },
  });
  new ScheduledBackup(chart, 'schedule', {
    metadata: { name: cluster, namespace: chart.home },
    spec: {
      cluster: { name: cluster },
      schedule: `0 ${backup.schedule}`,
      // What is archived is of no use before there is one.
      immediate: true,
      method: 'plugin',
      pluginConfiguration: { name: PLUGIN },
      backupOwnerReference: 'self',
    },
  });
}

/** Where backups go and who goes there, in the words of Barman. */
function place(
  client: ObjectStoreClient,
  bucket: string,
  { secret }: Identity,
): Omit<ObjectStoreSpec['configuration'], 'data' | 'wal'> {
  switch (client.protocol) {
    case 's3':
      return {
        destinationPath: `s3://${bucket}/${FOLDER}`,
        endpointURL: `${client.tls ? 'https' : 'http'}://${client.endpoint}`,
        s3Credentials: secret
          ? {
              accessKeyId: { name: secret.name, key: secret.accessKey },
              secretAccessKey: { name: secret.name, key: secret.secretKey },
            }
          : { inheritFromIAMRole: true },
      };
    case 'azure':
      return {
        destinationPath: `${client.endpoint}/${bucket}/${FOLDER}`,
        // A managed identity is asked for at the node, a workload identity is found in the environment.
        azureCredentials: { useDefaultAzureCredentials: true },
      };
    case 'gcs':
      return {
        destinationPath: `gs://${bucket}/${FOLDER}`,
        googleCredentials: { gkeEnvironment: true },
      };
  }
}

function environment(client: ObjectStoreClient): { readonly name: string; readonly value: string }[] {
  if (client.protocol !== 's3') return [];
  return [
    // It signs what is sent, and no credential of a pod names it.
    { name: 'AWS_DEFAULT_REGION', value: client.region },
    ...(client.pathStyle
      ? // Stores outside AWS know no checksums in trailers (barman-cloud plugin, issue 393).
        [
          { name: 'AWS_REQUEST_CHECKSUM_CALCULATION', value: 'when_required' },
          { name: 'AWS_RESPONSE_CHECKSUM_VALIDATION', value: 'when_required' },
        ]
      : []),
  ];
}
