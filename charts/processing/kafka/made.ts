import type { ComponentChart } from '../../../core/chart';
import { SECRETS, TEAM_SECRET } from './names';

/** Secrets that the operators make of the cluster and of its users. */
export function declareSecrets(chart: ComponentChart): void {
  const secret = (namespace: string, name: string, reason: string) =>
    chart.external({ group: '', kind: 'Secret', namespace, name }, reason);
  for (const name of [SECRETS.authority.name, 'schema-registry', 'connect'])
    secret(chart.home, name, 'the operator makes it');
  for (const { namespace } of chart.site.teams)
    secret(
      namespace,
      TEAM_SECRET.name,
      'a copy of the Secret that the operator makes of the user of the team',
    );
}
