import type { ComponentChart } from '../../../core/chart';
import { role, serviceAccount } from '../../../core/rbac';
import { ExternalSecret, SecretStore } from '../../../imports/external-secrets';

/** A Secret of another namespace, and which of its keys are wanted. */
export interface SecretSource {
  readonly name: string;
  readonly keys: readonly string[];
}

export interface CopiedSecretProps {
  /** Name of the copy, and of what makes it. */
  readonly name: string;
  /** Namespace in which the copy is wanted. */
  readonly namespace: string;
  /** Where the originals are. Their keys keep their names, so no two may have one in common. */
  readonly from: {
    readonly namespace: string;
    /** The first gives the role its name: it is of this copy alone. */
    readonly secrets: readonly [SecretSource, ...SecretSource[]];
  };
  /** Further keys of the copy: text that is no secret. */
  readonly texts?: Readonly<Record<string, string>>;
  /** Type of the copy. Default: `Opaque`. */
  readonly type?: string;
}

/** How long a new value may take to get there. */
const REFRESH = '5m';

/**
 * Secrets of another namespace as one Secret of this one. An account of this namespace copies them, which may read
 * those and nothing else.
 */
export function copiedSecret(chart: ComponentChart, props: CopiedSecretProps): void {
  const { name, namespace, from, texts, type } = props;
  const reader = `${name}-secrets`;
  const id = `${namespace}-${name}`;
  chart.recorded.needs.add('secrets');
  serviceAccount(chart, { name: reader, namespace });
  role(
    chart,
    `read-${from.secrets[0].name}`,
    { name: reader, namespace },
    [{ group: '', resources: ['secrets'], verbs: ['get'], names: from.secrets.map((each) => each.name) }],
    from.namespace,
  );
  new SecretStore(chart, `store-${id}`, {
    metadata: { name, namespace },
    spec: {
      provider: {
        kubernetes: {
          remoteNamespace: from.namespace,
          server: { caProvider: { type: 'ConfigMap', name: 'kube-root-ca.crt', key: 'ca.crt' } },
          auth: { serviceAccount: { name: reader } },
        },
      },
    },
  });
  const template = {
    engineVersion: 'v2' as const,
    mergePolicy: 'Merge' as const,
    ...(type ? { type } : {}),
    ...(texts ? { data: texts } : {}),
  };
  new ExternalSecret(chart, `copied-secret-${id}`, {
    metadata: { name, namespace },
    spec: {
      refreshPolicy: 'Periodic',
      refreshInterval: REFRESH,
      secretStoreRef: { kind: 'SecretStore', name },
      target: { name, creationPolicy: 'Owner', ...(type || texts ? { template } : {}) },
      data: from.secrets.flatMap((secret) =>
        secret.keys.map((key) => ({ secretKey: key, remoteRef: { key: secret.name, property: key } })),
      ),
    },
  });
}
