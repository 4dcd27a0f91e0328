import type { ComponentChart } from '../../../core/chart';
import { InputError } from '../../../core/problem';
import { certificate } from '../../foundation/certificates';
import { coordinator, teamUser } from '../../query/trino';
import type { Settings } from './settings';
import type { Source } from './source';

/** Secret with the certificate by which the team is known, and where it is mounted. */
const CLIENT = { name: 'trino-client', path: '/etc/trino-client' } as const;
const [CERTIFICATE, KEY] = ['tls.crt', 'tls.key'] as const;

/**
 * Trino, as the team that the overlay names: it sees what that team may see. Undefined where no team is named.
 * @throws InputError where the team is none, or Trino is off
 */
export function trinoOf(chart: ComponentChart, { trino }: Settings): Source | undefined {
  if (!trino) return undefined;
  const { team, catalog } = trino;
  const teams = chart.site.teams.map(({ name }) => name);
  if (!teams.includes(team)) {
    const remedy = `write one of: ${teams.join(', ')}`;
    throw new InputError([{ field: 'trino.team', found: team, message: 'there is no such team', remedy }]);
  }
  const address = chart.connectIfOn(coordinator, chart.pods('api'));
  if (!address) {
    const remedy = 'turn trino on, or leave it out here';
    throw new InputError([{ field: 'trino', found: trino, message: 'names a source that is off', remedy }]);
  }
  certificate(chart, { secret: CLIENT.name, client: true, commonName: teamUser(team) });
  const items = [CERTIFICATE, KEY].map((key) => ({ key, path: key }));
  return {
    env: {
      DB_TYPE: 'trino',
      DB_HOST: address.host,
      DB_PORT: String(address.port),
      DB_PRESTO_CATALOG: catalog,
      DB_USER: teamUser(team),
      DB_SSL: 'true',
      DB_SSL_REJECT_UNAUTHORIZED: 'true',
    },
    mounts: [{ ...CLIENT, source: { secret: { secretName: CLIENT.name, items } } }],
    internal: true,
    client: { cert: `${CLIENT.path}/${CERTIFICATE}`, key: `${CLIENT.path}/${KEY}` },
  };
}
