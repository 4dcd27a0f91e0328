import type { ComponentChart, IdentityKeys, Recorded } from '../../../core/chart';
import { role, serviceAccount } from '../../../core/rbac';
import { ExternalSecret, SecretStore } from '../../../imports/external-secrets';
import { generatedSecret } from '../../foundation/secrets';
import { ADMIN_SECRET, OWN_SECRET } from './names';

/** Who reads the keys of namespaces, to have them believed. */
const READER = 'keys-reader';

/** Name of a namespace's keys where they are read to be believed. */
export const copyOf = (namespace: string): string => `keys-${namespace}`;

/** Namespaces that have grants, each once, in alphabetical order. */
export function wantedKeys(recorded: ReadonlyMap<string, Recorded>): IdentityKeys[] {
  const all = [...recorded.values()].flatMap(({ keys }) => keys);
  const byName = new Map(all.map((each) => [each.namespace, each]));
  return [...byName.keys()].sort().flatMap((name) => byName.get(name) ?? []);
}

/** Secrets of the store itself. */
export function writeOwnSecrets(chart: ComponentChart): void {
  const { volumes, filers, encryption } = OWN_SECRET.keys;
  generatedSecret(chart, {
    name: OWN_SECRET.name,
    keys: { [volumes]: 'password', [filers]: 'password', [encryption]: 'hex' },
  });
  const { access, secret, file } = ADMIN_SECRET.keys;
  generatedSecret(chart, {
    name: ADMIN_SECRET.name,
    keys: { [access]: 'password', [secret]: 'password' },
    texts: {
      [file]: JSON.stringify({
        identities: [
          {
            name: 'admin',
            credentials: [{ accessKey: `{{ .${access} }}`, secretKey: `{{ .${secret} }}` }],
            actions: ['Admin', 'Read', 'Write', 'List', 'Tagging'],
          },
        ],
      }),
    },
  });
}

/**
 * Keys for each namespace that has a grant, generated there, and a copy where the Job reads them: by an account that may
 * read these Secrets and nothing else.
 */
export function writeKeys(chart: ComponentChart, wanted: readonly IdentityKeys[]): void {
  if (wanted.length === 0) return;
  serviceAccount(chart, { name: READER });
  for (const { namespace, secret } of wanted) {
    const { accessKey, secretKey } = secret;
    generatedSecret(chart, {
      name: secret.name,
      namespace,
      keys: { [accessKey]: 'password', [secretKey]: 'password' },
    });
    role(
      chart,
      'read-object-store-keys',
      { name: READER },
      [{ group: '', resources: ['secrets'], verbs: ['get'], names: [secret.name] }],
      namespace,
    );
    const metadata = { name: copyOf(namespace), namespace: chart.home };
    new SecretStore(chart, `store-${namespace}`, {
      metadata,
      spec: {
        provider: {
          kubernetes: {
            remoteNamespace: namespace,
            server: { caProvider: { type: 'ConfigMap', name: 'kube-root-ca.crt', key: 'ca.crt' } },
            auth: { serviceAccount: { name: READER } },
          },
        },
      },
    });
    const from = (property: string) => ({
      secretKey: property,
      remoteRef: { key: secret.name, property },
    });
    new ExternalSecret(chart, `copy-${namespace}`, {
      metadata,
      spec: {
        refreshPolicy: 'Periodic',
        refreshInterval: '5m',
        secretStoreRef: { kind: 'SecretStore', name: metadata.name },
        target: { name: metadata.name, creationPolicy: 'Owner' },
        data: [from(accessKey), from(secretKey)],
      },
    });
  }
}
