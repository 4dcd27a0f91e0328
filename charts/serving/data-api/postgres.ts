import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import { storedSecret } from '../../foundation/secrets';
import type { Settings } from './settings';
import type { Source } from './source';

const SECRET = { name: 'data-api-postgres', username: 'username', password: 'password' } as const;
const CA = { name: 'postgres-authority', key: 'ca.crt', path: '/etc/postgres' } as const;

/** A server outside the site, over TLS, where the overlay names one. Without a store of secrets its login is put there by hand. */
export function postgresOf(chart: ComponentChart, { postgres }: Settings): Source | undefined {
  if (!postgres) return undefined;
  const { host, port, database, cidrs, ca } = postgres;
  chart.reach(chart.pods('api'), { name: 'postgres', cidrs, ports: [port] });
  const { name, username, password } = SECRET;
  if (chart.site.cloud.secretStore) {
    storedSecret(chart, { name, keys: [username, password], field: 'postgres' });
  } else {
    chart.external(
      { group: '', kind: 'Secret', namespace: chart.home, name },
      'without a store of secrets, whoever runs the server hands out its name and password',
    );
  }
  if (ca) {
    new k8s.KubeConfigMap(chart, CA.name, {
      metadata: { name: CA.name, namespace: chart.home },
      data: { [CA.key]: ca },
    });
  }
  return {
    env: {
      DB_TYPE: 'postgres',
      DB_HOST: host,
      DB_PORT: String(port),
      DB_NAME: database,
      DB_USER: { secretKeyRef: { name, key: username } },
      DB_PASS: { secretKeyRef: { name, key: password } },
      DB_SSL: 'true',
      DB_SSL_REJECT_UNAUTHORIZED: 'true',
      ...(ca ? { DB_SSL_CA: `${CA.path}/${CA.key}` } : {}),
    },
    ...(ca ? { mounts: [{ name: CA.name, path: CA.path, source: { configMap: { name: CA.name } } }] } : {}),
  };
}
