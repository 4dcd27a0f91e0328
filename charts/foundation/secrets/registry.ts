import type { ComponentChart } from '../../../core/chart';
import type { RegistryToken } from '../../../core/cloud';
import {
  ExternalSecret,
  type RegistryTokenKind,
  RegistryTokenGenerator as TokenGenerator,
} from '../../../imports/external-secrets';
import { storedSecret } from './stored';

export interface RegistrySecretProps {
  readonly name: string;
  /** Registry and path, without a scheme. */
  readonly registry: string;
  /** ServiceAccount in the component's home that may push, where the registry asks for one. */
  readonly account: string;
}

/** Tokens of Google and of the metadata server live for an hour, and may be handed out when they are old. */
const REFRESH = '10m';

const TYPE = 'kubernetes.io/dockerconfigjson';
/** The key of a Secret of that type. */
export const DOCKER_CONFIG = '.dockerconfigjson';

/**
 * Credentials of a registry as Docker has them, in the component's home. Of a registry of the cloud they are tokens,
 * made anew with an identity; of any other they come from the store of the site, or from whoever runs the registry.
 */
export function registrySecret(chart: ComponentChart, props: RegistrySecretProps): void {
  const { name, registry, account } = props;
  const [host = ''] = registry.split('/');
  const token = chart.site.cloud.registryToken?.(host);
  if (token) {
    tokens(chart, { name, host, account }, token);
  } else if (chart.site.cloud.secretStore) {
    storedSecret(chart, { name, keys: [DOCKER_CONFIG], type: TYPE });
  } else {
    const reference = { group: '', kind: 'Secret', namespace: chart.home, name };
    chart.external(reference, 'whoever runs the registry hands out its credentials');
  }
}

function tokens(
  chart: ComponentChart,
  { name, host, account }: { readonly name: string; readonly host: string; readonly account: string },
  token: RegistryToken,
): void {
  const metadata = { name, namespace: chart.home };
  const kind = generator(chart, metadata, host, account, token);
  chart.recorded.needs.add('secrets');
  // Registries of a cloud, and what hands out its tokens, have no fixed addresses.
  chart.reach(
    { component: 'secrets', role: 'operator', namespace: 'secrets' },
    { name: 'registry-tokens', cidrs: ['0.0.0.0/0'], ports: [443] },
  );
  const login = '{{ printf "%s:%s" .username .password | b64enc }}';
  new ExternalSecret(chart, `registry-secret-${name}`, {
    metadata,
    spec: {
      refreshPolicy: 'Periodic',
      refreshInterval: REFRESH,
      target: {
        name,
        creationPolicy: 'Owner',
        template: {
          engineVersion: 'v2',
          type: TYPE,
          data: {
            [DOCKER_CONFIG]: JSON.stringify({ auths: { [host]: { auth: login } } }).replaceAll('\\"', '"'),
          },
        },
      },
      dataFrom: [
        {
          sourceRef: { generatorRef: { apiVersion: 'generators.external-secrets.io/v1alpha1', kind, name } },
        },
      ],
    },
  });
}

function generator(
  chart: ComponentChart,
  metadata: { readonly name: string; readonly namespace: string },
  host: string,
  account: string,
  token: RegistryToken,
): RegistryTokenKind {
  const id = `registry-token-${metadata.name}`;
  switch (token.kind) {
    case 'ecr':
      new TokenGenerator(chart, id, 'ECRAuthorizationToken', { metadata, spec: { region: token.region } });
      return 'ECRAuthorizationToken';
    case 'acr':
      new TokenGenerator(chart, id, 'ACRAccessToken', {
        metadata,
        spec: {
          tenantId: token.tenant,
          registry: host,
          auth: { workloadIdentity: { serviceAccountRef: { name: account } } },
        },
      });
      return 'ACRAccessToken';
    case 'artifact-registry':
      new TokenGenerator(chart, id, 'GCRAccessToken', {
        metadata,
        spec: { projectID: token.project, auth: {} },
      });
      return 'GCRAccessToken';
  }
}
