import type { ComponentChart } from '../../../core/chart';
import type { Site } from '../../../core/site';
import { storedSecret } from '../../foundation/secrets';
import { fromEnvironment, type Properties } from './properties';
import type { Settings } from './settings';

/** Where tasks put what other tasks read, in the bucket for what may go. */
export const SPOOL = 'trino-exchange/';

/**
 * Keys by which Cloud Storage answers S3, which is how the spool is written there: it takes no identity for that.
 * People make them for a service account that may write the bucket `scratch`.
 */
const HMAC = {
  name: 'trino-exchange',
  access: { key: 'accessKey', variable: 'EXCHANGE_ACCESS_KEY' },
  secret: { key: 'secretKey', variable: 'EXCHANGE_SECRET_KEY' },
} as const;

/** How a catalog reads and writes files of tables; who a node is, it takes from its surroundings. */
export function fileSystem({ cloud }: Site): Properties {
  const { client } = cloud.objectStore;
  switch (client.protocol) {
    case 's3':
      return {
        'fs.s3.enabled': true,
        's3.endpoint': `${client.tls ? 'https' : 'http'}://${client.endpoint}`,
        's3.region': client.region,
        's3.path-style-access': client.pathStyle,
      };
    case 'gcs':
      return {
        'fs.gcs.enabled': true,
        'gcs.project-id': client.project,
        'gcs.auth-type': 'APPLICATION_DEFAULT',
      };
    case 'azure':
      return { 'fs.azure.enabled': true, 'azure.auth-type': 'DEFAULT' };
  }
}

/** Where what tasks hand on is spooled, on every node the same. */
export function exchange(site: Site): Properties {
  const { client } = site.cloud.objectStore;
  const common = {
    'exchange-manager.name': 'filesystem',
    // It knows S3 by one name.
    'exchange.base-directories': site.uri('scratch', SPOOL).replace(/^s3a:/, 's3:').replace(/\/$/, ''),
  };
  switch (client.protocol) {
    case 's3':
      return {
        ...common,
        'exchange.s3.endpoint': `${client.tls ? 'https' : 'http'}://${client.endpoint}`,
        'exchange.s3.region': client.region,
        'exchange.s3.path-style-access': client.pathStyle,
      };
    case 'gcs':
      return {
        ...common,
        'exchange.s3.endpoint': 'https://storage.googleapis.com',
        // Any will do: the endpoint is one for all of them.
        'exchange.s3.region': 'us-east-1',
        'exchange.s3.aws-access-key': fromEnvironment(HMAC.access.variable),
        'exchange.s3.aws-secret-key': fromEnvironment(HMAC.secret.variable),
      };
    case 'azure':
      return { ...common, 'exchange.azure.endpoint': client.endpoint };
  }
}

/** Variables of the keys that the spool wants beside the identity of a node. */
export const exchangeEnv = (site: Site, { retry }: Settings) =>
  needsKeys(site, retry)
    ? [HMAC.access, HMAC.secret].map(({ key, variable }) => ({
        name: variable,
        valueFrom: { secretKeyRef: { name: HMAC.name, key } },
      }))
    : [];

/** Has the keys fetched, where the spool wants some. */
export function writeExchangeKeys(chart: ComponentChart, { retry }: Settings): void {
  if (!needsKeys(chart.site, retry)) return;
  storedSecret(chart, { name: HMAC.name, keys: [HMAC.access.key, HMAC.secret.key], field: 'retry' });
}

const needsKeys = ({ cloud }: Site, retry: Settings['retry']): boolean =>
  retry === 'task' && cloud.objectStore.client.protocol === 'gcs';
