import type { Topic } from '../../../core/chart';
import type { Site } from '../../../core/site';
import type { JsonValue } from '../../../core/yaml';
import { type CatalogName, catalogsOn, TABLES } from './catalogs';
import { MANAGEMENT_USER, teamUser } from './names';
import { LAYERS, schemaOf, sqlName, tableOf } from './schemas';
import type { Settings } from './settings';

const WRITES = ['SELECT', 'INSERT', 'DELETE', 'UPDATE', 'OWNERSHIP', 'GRANT_SELECT'];
const READS = ['SELECT', 'GRANT_SELECT'];

const either = (names: readonly string[]): string => names.join('|');

/**
 * Who may do what, as the server reads it: the first rule that matches decides, and what none matches is refused.
 * A team does everything in its own schemas and reads what all present; raw and curated data are its own.
 */
export function rulesOf(site: Site, settings: Settings, topics: readonly Topic[]): string {
  const on = catalogsOn(site, settings);
  const tables = either(on.filter((each) => TABLES.has(each)));
  const readable = on.filter((each) => !TABLES.has(each) && each !== 'postgres');
  const teams = site.teams.map(({ name }) => name);
  const everybody = either(teams);
  const layers = site.teams.map(({ name }) => ({
    owner: name,
    schema: either(LAYERS.map((layer) => schemaOf(layer, name))),
  }));
  const own = [...layers, ...settings.schemas.map(({ name, owner }) => ({ owner, schema: name }))];
  const rules: JsonValue = {
    catalogs: [
      ...(tables ? [{ group: everybody, catalog: tables, allow: 'all' }] : []),
      ...(on.includes('postgres') ? [{ group: everybody, catalog: 'postgres', allow: 'all' }] : []),
      { group: everybody, catalog: either([...readable, 'system']), allow: 'read-only' },
    ],
    schemas: [
      ...(tables
        ? own.map(({ owner, schema }) => ({ group: owner, catalog: tables, schema, owner: true }))
        : []),
      ...postgres(on, teams, (team) => ({
        group: team,
        catalog: 'postgres',
        schema: sqlName(team),
        owner: true,
      })),
    ],
    tables: [
      ...(tables
        ? [
            ...own.map(({ owner, schema }) => ({
              group: owner,
              catalog: tables,
              schema,
              privileges: WRITES,
            })),
            ...settings.schemas
              .map(({ name, readers }) => ({ schema: name, readers: readers === 'all' ? teams : readers }))
              .filter(({ readers }) => readers.length > 0)
              .map(({ schema, readers }) => ({
                group: either(readers),
                catalog: tables,
                schema,
                privileges: READS,
              })),
            {
              group: everybody,
              catalog: tables,
              schema: either(teams.map((team) => schemaOf('presentation', team))),
              privileges: READS,
            },
          ]
        : []),
      ...postgres(on, teams, (team) => ({
        group: team,
        catalog: 'postgres',
        schema: sqlName(team),
        privileges: WRITES,
      })),
      ...(on.includes('kafka') ? topics.map(topicRule) : []),
      ...readable
        .filter((each) => each !== 'kafka')
        .map((catalog) => ({ group: everybody, catalog, privileges: READS })),
      { group: everybody, catalog: 'system', schema: 'jdbc|metadata|runtime', privileges: ['SELECT'] },
    ],
    queries: [
      // Its jobs are the team's own; everybody sees and ends his own queries anyway.
      ...teams.map((team) => ({ group: team, queryOwner: teamUser(team), allow: ['view', 'kill'] })),
      { group: everybody, allow: ['execute'] },
    ],
    procedures: tables
      ? [{ group: everybody, catalog: tables, schema: 'system', privileges: ['EXECUTE'] }]
      : [],
    system_information: [{ user: MANAGEMENT_USER, allow: ['read'] }],
  };
  return `${JSON.stringify(rules, null, 2)}\n`;
}

const postgres = <T>(on: readonly CatalogName[], teams: readonly string[], rule: (team: string) => T): T[] =>
  on.includes('postgres') ? teams.map(rule) : [];

/** A topic is read by its team and by those that the team lets read it. */
const topicRule = ({ team, name, readers }: Topic) => ({
  group: either([team, ...readers]),
  catalog: 'kafka',
  schema: sqlName(team),
  table: tableOf(name),
  privileges: ['SELECT'],
});

/** Who belongs to which team, a line for each: people as the overlay has them, and its jobs. */
export const groupsOf = ({ teams }: Site, { members }: Settings): string =>
  teams.map(({ name }) => `${name}:${[teamUser(name), ...(members[name] ?? [])].join(',')}\n`).join('');
