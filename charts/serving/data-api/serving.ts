import type { ComponentChart } from '../../../core/chart';
import type { Endpoint } from '../../../core/endpoint';
import { copiedSecret } from '../../foundation/secrets';
import { broker, SECRETS as druid } from '../druid';
import { sql, SECRETS as starrocks } from '../starrocks';
import type { Source } from './source';

/** The database of StarRocks that its reader may read. */
const DATABASE = 'lake';

/** StarRocks, in the protocol of MySQL, as the user that may read its tables; undefined where it is off. */
export function starrocksOf(chart: ComponentChart): Source | undefined {
  const found = reader(chart, sql, starrocks.reader);
  if (!found) return undefined;
  const { host, port, login } = found;
  return {
    env: {
      DB_TYPE: 'mysql',
      DB_HOST: host,
      DB_PORT: String(port),
      DB_NAME: DATABASE,
      ...login,
      DB_SSL: 'true',
      DB_SSL_REJECT_UNAUTHORIZED: 'true',
    },
    internal: true,
  };
}

/** Druid, by the interface for SQL of its brokers, as the user that may read its tables; undefined where it is off. */
export function druidOf(chart: ComponentChart): Source | undefined {
  const found = reader(chart, broker, druid.reader);
  if (!found) return undefined;
  const { uri, login } = found;
  return { env: { DB_TYPE: 'druid', DB_URL: uri, ...login }, internal: true };
}

/** The way to a database of the site, and the login of its reader. */
function reader(chart: ComponentChart, to: Endpoint, secret: string) {
  const address = chart.connectIfOn(to, chart.pods('api'));
  if (!address) return undefined;
  const name = `${to.component}-reader`;
  copiedSecret(chart, {
    name,
    namespace: chart.home,
    type: 'kubernetes.io/basic-auth',
    from: { namespace: to.component, secrets: [{ name: secret, keys: ['username', 'password'] }] },
  });
  return {
    ...address,
    login: {
      DB_USER: { secretKeyRef: { name, key: 'username' } },
      DB_PASS: { secretKeyRef: { name, key: 'password' } },
    },
  };
}
