import type { ComponentChart } from '../../../core/chart';
import { generatedSecret, storedSecret } from '../../foundation/secrets';
import type { Settings } from './settings';

const NAME = 'jupyterhub';

const entry = (key: string, variable: string) => ({ key, variable, reference: { name: NAME, key } });

/** What is generated in the cluster, and the variable by which programs read it. */
export const SECRET = {
  /** Between hub and proxy. */
  proxyToken: entry('proxyToken', 'CONFIGPROXY_AUTH_TOKEN'),
  /** Signs the cookies of people who are logged in. */
  cookies: entry('cookies', 'JPY_COOKIE_SECRET'),
  /** Password of the account `admin`, where the hub has accounts of its own. */
  adminPassword: entry('adminPassword', 'ADMIN_PASSWORD'),
} as const;

/** The secret of the client at the issuer, which people keep in the store of secrets. */
export const CLIENT_SECRET = {
  variable: 'OIDC_CLIENT_SECRET',
  reference: { name: 'jupyterhub-oidc', key: 'clientSecret' },
} as const;

export function writeSecrets(chart: ComponentChart, { oidc }: Settings): void {
  generatedSecret(chart, {
    name: NAME,
    keys: {
      [SECRET.proxyToken.key]: 'hex',
      [SECRET.cookies.key]: 'hex',
      ...(oidc ? {} : { [SECRET.adminPassword.key]: 'password' }),
    },
  });
  if (!oidc) return;
  const { name, key } = CLIENT_SECRET.reference;
  storedSecret(chart, { name, keys: [key], field: 'oidc' });
}
