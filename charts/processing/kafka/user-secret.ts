import type { ComponentChart } from '../../../core/chart';
import { copiedSecret } from '../../foundation/secrets';
import { SECRETS, TEAM_SECRET, teamUser } from './names';

export interface UserSecretProps {
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

/**
 * The Secret of a user, in a namespace that is not the one in which the operator makes it, beside the authority of the
 * brokers; whichever component asks for it.
 */
export function userSecret(chart: ComponentChart, { user, ...props }: UserSecretProps): void {
  copiedSecret(chart, {
    ...props,
    from: {
      namespace: OPERATOR_NAMESPACE,
      secrets: [
        { name: user, keys: [SECRETS.user.jaas, SECRETS.user.password] },
        { name: SECRETS.authority.name, keys: [SECRETS.authority.certificate] },
      ],
    },
  });
}

/** What jobs of each team connect by, in the team's namespace. */
export function writeTeamSecrets(chart: ComponentChart): void {
  for (const { namespace } of chart.site.teams) {
    userSecret(chart, { namespace, name: TEAM_SECRET.name, user: teamUser(namespace) });
  }
}
