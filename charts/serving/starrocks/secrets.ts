import type { ComponentChart } from '../../../core/chart';
import { certificate } from '../../foundation/certificates';
import { generatedSecret, storedSecret } from '../../foundation/secrets';
import { load, sql } from './endpoints';
import { CLUSTER, SECRETS } from './names';

/** Passwords, each generated in the cluster; the certificate of the frontends; the key of the store, where one is needed. */
export function writeSecrets(chart: ComponentChart): void {
  const { home, site } = chart;
  for (const name of [SECRETS.root, SECRETS.loader, SECRETS.reader]) {
    generatedSecret(chart, {
      name,
      keys: { password: 'password' },
      texts: { username: name },
      type: 'kubernetes.io/basic-auth',
    });
  }
  generatedSecret(chart, { name: SECRETS.keystore, keys: { password: 'password' } });
  certificate(chart, {
    secret: SECRETS.server,
    service: sql.service,
    hosts: [load.service, `${CLUSTER}-fe-service`].flatMap((name) => [
      name,
      `${name}.${home}.svc`,
      `${name}.${home}.svc.cluster.local`,
    ]),
    pkcs12: { secret: SECRETS.keystore, key: 'password' },
  });
  if (site.cloud.objectStore.client.protocol !== 'azure') return;
  if (site.cloud.secretStore) storedSecret(chart, { name: SECRETS.storage, keys: ['key'] });
  else {
    const reference = { group: '', kind: 'Secret', namespace: home, name: SECRETS.storage };
    chart.external(
      reference,
      'without a store of secrets, whoever runs the storage account hands out its key',
    );
  }
}
