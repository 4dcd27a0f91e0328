import type { ComponentChart } from '../../../core/chart';
import { role, serviceAccount } from '../../../core/rbac';
import { ExternalSecret, SecretStore } from '../../../imports/external-secrets';
import { SECRETS, TEAM_SECRET, teamUser } from './names';

export interface CopiedSecretProps {
  /** Namespace in which the copy is wanted. */
  readonly namespace: string;
  /** Name of the copy, and of what makes it there. */
  readonly name: string;
  /** The user whose Secret it is. */
  readonly user: string;
  /** Keys of the copy that are text and no secret. */
  readonly texts?: Readonly<Record<string, string>>;
}

/** Where the operator makes Secrets of users. */
const OPERATOR_NAMESPACE = 'kafka';

/** How long a new password or authority may take to get there. */
const REFRESH = '5m';

/**
 * The Secret of a user, in a namespace that is not the one in which the operator makes it, beside the authority of the
 * brokers; whichever component asks for it. It is copied by an account of that namespace, which may read these two Secrets and nothing else.
 */
export function copiedSecret(
  chart: ComponentChart,
  { namespace, name, user, texts }: CopiedSecretProps,
): void {
  const reader = `${name}-secrets`;
  serviceAccount(chart, { name: reader, namespace });
  const secrets = {
    group: '',
    resources: ['secrets'],
    verbs: ['get'],
    names: [user, SECRETS.authority.name],
  };
  role(chart, `read-${user}`, { name: reader, namespace }, [secrets], OPERATOR_NAMESPACE);
  new SecretStore(chart, `store-${namespace}`, {
    metadata: { name, namespace },
    spec: {
      provider: {
        kubernetes: {
          remoteNamespace: OPERATOR_NAMESPACE,
          server: { caProvider: { type: 'ConfigMap', name: 'kube-root-ca.crt', key: 'ca.crt' } },
          auth: { serviceAccount: { name: reader } },
        },
      },
    },
  });
  const from = (key: string, property: string) => ({ secretKey: property, remoteRef: { key, property } });
  new ExternalSecret(chart, `secret-${namespace}`, {
    metadata: { name, namespace },
    spec: {
      refreshPolicy: 'Periodic',
      refreshInterval: REFRESH,
      secretStoreRef: { kind: 'SecretStore', name },
      target: {
        name,
        creationPolicy: 'Owner',
        ...(texts ? { template: { engineVersion: 'v2', mergePolicy: 'Merge', data: texts } } : {}),
      },
      data: [
        from(user, SECRETS.user.jaas),
        from(user, SECRETS.user.password),
        from(SECRETS.authority.name, SECRETS.authority.certificate),
      ],
    },
  });
}

/** What jobs of each team connect by, in the team's namespace. */
export function writeTeamSecrets(chart: ComponentChart): void {
  for (const { namespace } of chart.site.teams) {
    copiedSecret(chart, { namespace, name: TEAM_SECRET.name, user: teamUser(namespace) });
  }
}
