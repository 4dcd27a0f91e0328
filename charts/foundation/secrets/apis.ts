import type { Apis, CustomKind } from '../../../core/component';
import type { Manifest } from '../../../core/manifest';
import type { Made, Reference } from '../../../core/references';
import type {
  ClusterSecretStoreSpec,
  ExternalSecretSpec,
  RegistryTokenSpecs,
  SecretStoreSpec,
} from '../../../imports/external-secrets';

const GROUP = 'external-secrets.io';
const GENERATORS = 'generators.external-secrets.io';

const namespaced: CustomKind = { scope: 'Namespaced' };
const cluster: CustomKind = { scope: 'Cluster' };

// The kind tells the shape: the API server refuses such an object of any other.
const specOf = ({ spec }: Manifest) => spec as unknown as ExternalSecretSpec;

/** Policies by which the Secret is somebody else's. */
const OTHERS = new Set<string | undefined>(['Merge', 'None']);

/** The Secret, with its keys where none of them depends on what a store holds. */
function made(manifest: Manifest): readonly Made[] {
  const { target = {}, data = [], dataFrom = [] } = specOf(manifest);
  if (OTHERS.has(target.creationPolicy)) return [];
  const { name, namespace } = manifest.metadata;
  const template = target.template?.data;
  const own = [
    ...data.map(({ secretKey }) => secretKey),
    ...dataFrom.flatMap(({ rewrite = [] }) => rewrite.map(({ regexp }) => regexp.target)),
  ];
  const replaced = template && target.template?.mergePolicy !== 'Merge';
  const known = dataFrom.every(({ sourceRef, rewrite }) => sourceRef && rewrite?.length === 1);
  const keys = [...(replaced ? [] : own), ...Object.keys(template ?? {})];
  return [
    {
      group: '',
      kind: 'Secret',
      namespace,
      name: target.name ?? name,
      ...(known || replaced ? { keys: [...new Set(keys)] } : {}),
    },
  ];
}

/** The store and the generators that it takes from. */
function sources(manifest: Manifest): readonly Reference[] {
  const { secretStoreRef: store, dataFrom = [] } = specOf(manifest);
  const { namespace } = manifest.metadata;
  const generators = dataFrom.flatMap(({ sourceRef }, index): Reference[] => {
    if (!sourceRef) return [];
    const { kind, name } = sourceRef.generatorRef;
    const path = `spec.dataFrom[${index}].sourceRef.generatorRef`;
    const scope = kind === 'ClusterGenerator' ? undefined : namespace;
    return [{ group: GENERATORS, kind, namespace: scope, name, path }];
  });
  if (!store) return generators;
  const scope = store.kind === 'ClusterSecretStore' ? undefined : namespace;
  return [
    ...generators,
    { group: GROUP, kind: store.kind, namespace: scope, name: store.name, path: 'spec.secretStoreRef' },
  ];
}

/** The account with whose token the store is asked. */
function account({ spec }: Manifest): readonly Reference[] {
  // The kind tells the shape.
  const { provider } = spec as unknown as ClusterSecretStoreSpec;
  const reference = provider.vault?.auth.kubernetes.serviceAccountRef;
  if (!reference) return [];
  const path = 'spec.provider.vault.auth.kubernetes.serviceAccountRef';
  const { namespace, name } = reference;
  return [{ group: '', kind: 'ServiceAccount', namespace, name, path }];
}

/** The account with whose token a registry is asked. */
function tokenAccount({ metadata: { namespace }, spec }: Manifest): readonly Reference[] {
  // The kind tells the shape.
  const { name } = (spec as unknown as RegistryTokenSpecs['ACRAccessToken']).auth.workloadIdentity
    .serviceAccountRef;
  const path = 'spec.auth.workloadIdentity.serviceAccountRef';
  return [{ group: '', kind: 'ServiceAccount', namespace, name, path }];
}

/** The same of a store of one namespace. */
function ownAccount({ metadata, spec }: Manifest): readonly Reference[] {
  // The kind tells the shape.
  const { name } = (spec as unknown as SecretStoreSpec).provider.kubernetes.auth.serviceAccount;
  const path = 'spec.provider.kubernetes.auth.serviceAccount';
  return [{ group: '', kind: 'ServiceAccount', namespace: metadata.namespace, name, path }];
}

/** The kinds that the CRDs bring. */
export const apis: readonly Apis[] = [
  {
    group: GROUP,
    kinds: {
      ExternalSecret: { scope: 'Namespaced', makes: made, references: sources },
      ClusterSecretStore: { scope: 'Cluster', references: account },
      SecretStore: { scope: 'Namespaced', references: ownAccount },
      ClusterExternalSecret: cluster,
      PushSecret: namespaced,
      ClusterPushSecret: cluster,
    },
  },
  {
    group: GENERATORS,
    kinds: {
      ClusterGenerator: cluster,
      Password: namespaced,
      GeneratorState: namespaced,
      ECRAuthorizationToken: namespaced,
      GCRAccessToken: namespaced,
      ACRAccessToken: { scope: 'Namespaced', references: tokenAccount },
    },
  },
];
