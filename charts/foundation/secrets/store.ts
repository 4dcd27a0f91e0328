import type { ComponentChart } from '../../../core/chart';
import type { SecretBackend, SecretStore } from '../../../core/cloud';
import { ClusterSecretStore, type StoreProvider } from '../../../imports/external-secrets';
import { STORE } from './stored';

/** The store of the site, for its namespaces and no others. */
export function writeStore(chart: ComponentChart, { backend }: SecretStore, account: string): void {
  new ClusterSecretStore(chart, 'store', {
    metadata: { name: STORE },
    spec: {
      provider: provider(backend, { name: account, namespace: chart.home }),
      conditions: [{ namespaces: chart.site.namespaces.map(({ name }) => name).sort() }],
    },
  });
}

/** The store in the words of the operator. Without `auth` it proves itself with the identity of its own pods. */
function provider(
  backend: SecretBackend,
  account: { readonly name: string; readonly namespace: string },
): StoreProvider {
  switch (backend.kind) {
    case 'aws-secrets-manager':
      return { aws: { service: 'SecretsManager', region: backend.region } };
    case 'gcp-secret-manager':
      return { gcpsm: { projectID: backend.project } };
    case 'azure-key-vault':
      return { azurekv: { authType: 'WorkloadIdentity', vaultUrl: backend.url, tenantId: backend.tenant } };
    case 'vault':
      return {
        vault: {
          server: backend.server,
          path: backend.mount,
          version: 'v2',
          ...(backend.ca ? { caBundle: Buffer.from(backend.ca).toString('base64') } : {}),
          auth: {
            kubernetes: {
              mountPath: backend.auth.mount,
              role: backend.auth.role,
              serviceAccountRef: account,
            },
          },
        },
      };
  }
}
