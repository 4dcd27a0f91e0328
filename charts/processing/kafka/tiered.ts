import type { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import type { Identity } from '../../../core/cloud';
import type { Site } from '../../../core/site';
import type { KafkaSpec, PodTemplate } from '../../../imports/strimzi';
import { CLUSTER } from './names';
import type { Settings } from './settings';

/** What brokers need to keep older messages in the object store. */
export interface Tiering {
  readonly storage: NonNullable<KafkaSpec['kafka']['tieredStorage']>;
  readonly volume: NonNullable<PodTemplate['volumes']>[number];
  readonly mount: k8s.VolumeMount;
  readonly identity: Identity;
}

const VOLUME = 'tiered-storage';
/** The operator lets volumes of ours be mounted below /mnt only. */
const PATH = `/mnt/${VOLUME}`;
/** The account that the operator makes for the pods of the cluster. */
const ACCOUNT = `${CLUSTER}-kafka`;
/** Its folder in the bucket. */
const FOLDER = '_kafka/';
const PLUGIN = 'io.aiven.kafka.tieredstorage';

/** Where brokers put closed segments: below one folder of the bucket of raw data, which nothing expires. */
export function tieringOf(chart: ComponentChart, { tiered, topics }: Settings): Tiering | undefined {
  if (!tiered) return undefined;
  const hours = topics.flatMap(({ localHours, retentionHours }) => (localHours ? [retentionHours] : []));
  const days = Math.ceil(Math.max(0, ...hours) / 24);
  if (days > 0) chart.keep({ bucket: 'raw', path: FOLDER, days, what: 'closed segments of topics' });
  return {
    storage: {
      type: 'custom',
      remoteStorageManager: {
        className: `${PLUGIN}.RemoteStorageManager`,
        classPath: `${PATH}/*`,
        config: {
          'chunk.size': String(4 * 2 ** 20),
          'key.prefix': FOLDER,
          ...storageConfig(chart.site),
        },
      },
    },
    volume: {
      name: VOLUME,
      image: { reference: chart.site.image(tiered.plugin), pullPolicy: 'IfNotPresent' },
    },
    mount: { name: VOLUME, mountPath: PATH, readOnly: true },
    identity: chart.grant(chart.pods('broker'), ACCOUNT, 'read-write', 'raw'),
  };
}

/** The store in the words of the plugin; who the brokers are comes from their environment. */
function storageConfig(site: Site): Record<string, string> {
  const { client } = site.cloud.objectStore;
  const bucket = site.bucket('raw');
  switch (client.protocol) {
    case 's3':
      return {
        'storage.backend.class': `${PLUGIN}.storage.s3.S3Storage`,
        'storage.s3.bucket.name': bucket,
        'storage.s3.region': client.region,
        'storage.s3.endpoint.url': `${client.tls ? 'https' : 'http'}://${client.endpoint}`,
        'storage.s3.path.style.access.enabled': String(client.pathStyle),
      };
    case 'azure':
      return {
        'storage.backend.class': `${PLUGIN}.storage.azure.AzureBlobStorage`,
        'storage.azure.account.name': client.account,
        'storage.azure.container.name': bucket,
      };
    case 'gcs':
      return {
        'storage.backend.class': `${PLUGIN}.storage.gcs.GcsStorage`,
        'storage.gcs.bucket.name': bucket,
        'storage.gcs.credentials.default': 'true',
      };
  }
}
