import type { Topic } from '../../../core/chart';
import { InputError, type Problem } from '../../../core/problem';
import { parseQuantity } from '../../../core/quantity';
import type { Site } from '../../../core/site';
import { type CatalogName, catalogsOn, componentOf } from './catalogs';
import { LAYERS, schemaOf, sqlName, tableOf } from './schemas';
import type { Settings } from './settings';
import { nodeMemory } from './sizing';

/**
 * Holds settings against each other and against the site.
 * @throws InputError with every problem at once
 */
export function check(site: Site, settings: Settings): void {
  const problems = [
    ...catalogProblems(site, settings),
    ...memoryProblems(settings),
    ...teamProblems(site, settings),
    ...schemaProblems(site, settings),
    ...memberProblems(settings),
  ];
  if (problems.length > 0) throw new InputError(problems);
}

/** A catalog that is asked for must have something to read. */
function catalogProblems(site: Site, settings: Settings): Problem[] {
  const { catalogs, cassandraDatacenter } = settings;
  // The names of the setting are those of the type.
  const asked = (Object.keys(catalogs) as CatalogName[]).filter((name) => catalogs[name] === true);
  const problems = asked.flatMap((name): Problem[] => {
    const owner = componentOf(name);
    if (owner === undefined || site.isOn(owner)) return [];
    return [
      {
        field: `catalogs.${name}`,
        found: true,
        message: `reads from the component ${owner}, which is not part of this site`,
        remedy: `turn ${owner} on, or leave the catalog out`,
      },
    ];
  });
  if (catalogs.cassandra && site.isOn('cassandra') && cassandraDatacenter === undefined) {
    problems.push({
      field: 'cassandraDatacenter',
      message: 'is missing, and the driver of Cassandra asks no server without it',
      remedy: 'write the name of the datacenter that is near',
    });
  }
  return problems;
}

function memoryProblems({ worker, coordinator }: Settings): Problem[] {
  const { memory, queryMemory } = worker;
  const { queries } = nodeMemory(memory);
  const least = 2 ** 30;
  const small = (field: string, found: string): Problem[] =>
    parseQuantity(found) >= 2 * least
      ? []
      : [
          {
            field,
            found,
            message: 'is too little for the server to start in',
            remedy: 'write "2Gi" or more',
          },
        ];
  const problems = [...small('worker.memory', memory), ...small('coordinator.memory', coordinator.memory)];
  if (queryMemory === undefined || parseQuantity(queryMemory) <= queries) return problems;
  const whole = Math.floor(queries / 2 ** 20);
  return [
    ...problems,
    {
      field: 'worker.queryMemory',
      found: queryMemory,
      message: `is more than queries have on a worker of ${memory}: ${whole}Mi are left of its heap`,
      remedy: `write "${whole}Mi" or less, or raise worker.memory`,
    },
  ];
}

function teamProblems({ teams }: Site, { members, shares, topics, schemas }: Settings): Problem[] {
  const names = teams.map(({ name }) => name);
  const named: [string, string][] = [
    ...Object.keys(members).map((name): [string, string] => [`members.${name}`, name]),
    ...Object.keys(shares).map((name): [string, string] => [`shares.${name}`, name]),
    ...topics.map(({ team }, index): [string, string] => [`topics[${index}].team`, team]),
    ...schemas.flatMap(({ owner, readers }, index): [string, string][] => [
      [`schemas[${index}].owner`, owner],
      ...(readers === 'all'
        ? []
        : readers.map((reader, at): [string, string] => [`schemas[${index}].readers[${at}]`, reader])),
    ]),
  ];
  return named
    .filter(([, name]) => !names.includes(name))
    .map(([field, found]) => ({
      field,
      found,
      message: 'there is no such team',
      remedy: `write one of: ${names.join(', ')}`,
    }));
}

/** Two rules of one schema would contradict each other. */
function schemaProblems({ teams }: Site, { schemas }: Settings): Problem[] {
  const taken = new Set(teams.flatMap(({ name }) => LAYERS.map((layer) => schemaOf(layer, name))));
  return schemas.flatMap(({ name }, index): Problem[] => {
    const before = taken.has(name);
    taken.add(name);
    if (!before) return [];
    const message = 'is the schema of a layer, or is named twice';
    return [{ field: `schemas[${index}].name`, found: name, message, remedy: 'give it another name' }];
  });
}

/** The file of groups has no quotes: a comma ends a name, a colon ends the team. */
const memberProblems = ({ members }: Settings): Problem[] =>
  Object.entries(members).flatMap(([team, people]) =>
    people.flatMap((found, index): Problem[] =>
      /^[^,:\s]+$/.test(found) && !/^(team-|lakeport-)/.test(found)
        ? []
        : [
            {
              field: `members.${team}[${index}]`,
              found,
              message: 'is no name of a person: it has a comma, a colon or a space, or begins as jobs do',
              remedy: 'write the name as the issuer has it, such as "alice"',
            },
          ],
    ),
  );

/**
 * What the setting says of topics must be of topics of the overlay.
 * @throws InputError with every problem at once
 */
export function checkTopics(site: Site, settings: Settings, topics: readonly Topic[]): void {
  const problems = settings.topics.flatMap(({ team, topic }, index): Problem[] =>
    catalogsOn(site, settings).includes('kafka') &&
    topics.some((each) => each.team === team && each.name === topic)
      ? []
      : [
          {
            field: `topics[${index}].topic`,
            found: topic,
            message: `there is no such topic of the team ${team} to be queried`,
            remedy: topics.length
              ? `write one of: ${topics.map((each) => `${each.name} (${each.team})`).join(', ')}`
              : 'add it to the topics of component kafka',
          },
        ],
  );
  const tables = topics.map(({ team, name }) => `${sqlName(team)}.${tableOf(name)}`);
  problems.push(
    ...tables.flatMap((found, index): Problem[] =>
      tables.indexOf(found) === index
        ? []
        : [
            {
              field: 'catalogs.kafka',
              found,
              message: 'is the table of two topics, whose names differ in dashes and dots alone',
              remedy: 'rename one of the topics, or write catalogs.kafka: false',
            },
          ],
    ),
  );
  if (problems.length > 0) throw new InputError(problems);
}
