import type { ComponentChart } from '../../../core/chart';
import { certificate } from '../../foundation/certificates';
import { generatedSecret } from '../../foundation/secrets';
import { broker, router } from './endpoints';
import { SECRETS } from './names';

/** Passwords, each generated in the cluster, and the certificate that everything here answers with. */
export function writeSecrets(chart: ComponentChart): void {
  const { home } = chart;
  for (const name of [SECRETS.admin, SECRETS.internal, SECRETS.reader]) {
    generatedSecret(chart, {
      name,
      keys: { password: 'password' },
      texts: { username: name === SECRETS.internal ? 'druid_system' : name },
      type: 'kubernetes.io/basic-auth',
    });
  }
  generatedSecret(chart, { name: SECRETS.keystore, keys: { password: 'password' } });
  certificate(chart, {
    secret: SECRETS.server,
    service: router.service,
    hosts: [broker.service, `${broker.service}.${home}.svc`, `${broker.service}.${home}.svc.cluster.local`],
    pkcs12: { secret: SECRETS.keystore, key: 'password' },
  });
}
