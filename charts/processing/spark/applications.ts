import type { ComponentChart } from '../../../core/chart';
import { eitherOf } from '../../../core/placement';
import { InputError, type Problem } from '../../../core/problem';
import type { Site, SiteTeam } from '../../../core/site';
import { declareJob, type Job, sparkApplicationSpec } from './application';
import type { ApplicationSettings } from './application-settings';
import { EXAMPLES } from './example';
import { gangProblems, STREAM_EXECUTORS } from './gang';
import { MEDALLION } from './medallion';
import { executorRole } from './placement';
import { prioritized } from './priorities';
import { programUri } from './programs';
import { queueOf } from './queues';
import type { Settings } from './settings';
import { topicJob, withSecret } from './stream';
import { writeJob, writeScheduledJob } from './submitted';
import { FOLDER as ICEBERG_FOLDER } from './tables';
import type { TeamPods } from './teams';

/** Roles of executors beside `executor` that jobs of the overlay chose, by namespace. */
export type ChosenRoles = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * The jobs of the overlay.
 * @throws InputError with everything that is wrong with them
 */
export function writeApplications(
  chart: ComponentChart,
  settings: Settings,
  pods: ReadonlyMap<string, TeamPods>,
): ChosenRoles {
  const { applications } = settings;
  const { site } = chart;
  const problems = applications.flatMap((each, index) => [
    ...problemsOf(site, each, `applications[${index}]`),
    ...gangProblems(site, settings, each, `applications[${index}]`),
  ]);
  problems.push(...namedTwice(settings), ...tablesShared(settings));
  if (problems.length > 0) throw new InputError(problems);
  const chosen = new Map<string, Set<string>>();
  for (const application of applications) {
    const team = site.teams.find(({ name }) => name === application.team);
    const templates = team && pods.get(team.namespace);
    // Both were found above.
    if (!templates) continue;
    const role = executorRole(application.spotShare);
    write(chart, settings, application, team, templates, role);
    if (role === 'executor') continue;
    chosen.set(team.namespace, (chosen.get(team.namespace) ?? new Set()).add(role));
  }
  return chosen;
}

function write(
  chart: ComponentChart,
  settings: Settings,
  application: ApplicationSettings,
  team: SiteTeam,
  pods: TeamPods,
  role: string,
): void {
  const { name, schedule, suspended, topic, priority } = application;
  const { namespace } = team;
  const job = {
    ...jobOf(chart, settings, application, team, role),
    ...(application.gang && settings.queues
      ? { gang: { queue: queueOf(namespace), minutes: settings.queues.gangMinutes } }
      : {}),
  };
  const executor = role === 'executor' ? pods.executor : pods.executorOf(role);
  const placed = prioritized({ driver: pods.driver, executor }, priority);
  const spec = sparkApplicationSpec(chart, settings, topic === undefined ? placed : withSecret(placed), job);
  const id = `application-${namespace}-${name}`;
  const named = { name, namespace };
  if (schedule === undefined) writeJob(chart, id, named, spec);
  else writeScheduledJob(chart, id, named, { schedule, suspended }, spec);
  declareJob(chart, settings, name, namespace, role, job);
}

/** Folder of the bucket `curated` with the checkpoints of streams. */
const CHECKPOINTS = '_checkpoints';

function jobOf(
  chart: ComponentChart,
  settings: Settings,
  application: ApplicationSettings,
  team: SiteTeam,
  role: string,
): Job {
  const { kind, name, topic, table = '', schema, executors, conf } = application;
  const shape = { driver: given(application.driver), executor: given(application.executor) };
  if (kind === 'stream' && topic !== undefined) {
    const landing = topicJob(chart, settings, team, {
      name,
      topic,
      table,
      // In the same bucket, and named for the table, of which there is one: other teams have jobs of this name too.
      checkpoint: `${CHECKPOINTS}/${table}`,
      schema,
      triggerSeconds: application.triggerSeconds ?? 60,
      executors: executors ?? STREAM_EXECUTORS,
      role,
    });
    return { ...landing, ...shape, conf: { ...landing.conf, ...conf } };
  }
  const size = executors === undefined ? {} : { executors };
  if (kind === 'sql') {
    return {
      program: programUri('sql.py'),
      arguments: sqlArguments(chart.site, application),
      ...size,
      ...shape,
      ...(Object.keys(conf).length > 0 ? { conf } : {}),
    };
  }
  return {
    program: fileUri(chart.site, application.program ?? ''),
    arguments: application.arguments ?? [],
    ...(kind === 'stream' ? { executors: executors ?? STREAM_EXECUTORS, endless: true } : size),
    ...shape,
    conf,
  };
}

function sqlArguments(site: Site, { statements = '', parameters = {} }: ApplicationSettings): string[] {
  const layers = (['raw', 'curated', 'presentation'] as const).map((layer) => [
    layer,
    site.uri(layer).replace(/\/$/, ''),
  ]);
  return [
    `--statements=${fileUri(site, statements)}`,
    ...[...layers, ...Object.entries(parameters)].map(([key, value]) => `--parameter=${key}=${value}`),
  ];
}

/** A path in the bucket of artifacts, or a URI as it is. */
const fileUri = (site: Site, file: string): string =>
  file.includes('://') ? file : site.uri('artifacts', file);

/** What was said of a shape. */
const given = ({ cores, memory }: ApplicationSettings['driver']) => ({
  ...(cores === undefined ? {} : { cores }),
  ...(memory === undefined ? {} : { memory }),
});

type Kind = ApplicationSettings['kind'];

/** Settings that only some kinds of jobs have, and which. */
const KINDS = {
  program: ['batch', 'stream'],
  arguments: ['batch', 'stream'],
  statements: ['sql'],
  parameters: ['sql'],
  topic: ['stream'],
  table: ['stream'],
  schema: ['stream'],
  triggerSeconds: ['stream'],
  outageHours: ['stream'],
  schedule: ['batch', 'sql'],
} as const satisfies Partial<Record<keyof ApplicationSettings, readonly Kind[]>>;

function problemsOf(site: Site, application: ApplicationSettings, path: string): Problem[] {
  const { kind, team, topic, spotShare } = application;
  const problems: Problem[] = [];
  const broken = (field: string, found: unknown, message: string, remedy: string) =>
    problems.push({ field: `${path}.${field}`, found, message, remedy });
  if (!site.teams.some(({ name }) => name === team)) {
    const names = site.teams.map(({ name }) => name).join(', ');
    broken('team', team, 'there is no such team', `write one of: ${names}`);
  }
  // The keys of the record are those of a job.
  for (const field of Object.keys(KINDS) as (keyof typeof KINDS)[]) {
    const kinds: readonly Kind[] = KINDS[field];
    if (application[field] === undefined || kinds.includes(kind)) continue;
    const remedy = `leave it out, or write kind: ${kinds.map((each) => `"${each}"`).join(' or ')}`;
    broken(field, application[field], `means nothing for a job of kind "${kind}"`, remedy);
  }
  const missing = (field: string, remedy: string) =>
    broken(field, undefined, `is missing for a job of kind "${kind}"`, remedy);
  if (kind === 'batch' && application.program === undefined) {
    missing('program', 'write the Python program, such as "jobs/orders.py"');
  }
  if (kind === 'sql' && application.statements === undefined) {
    missing('statements', 'write the file with the statements, such as "jobs/orders.sql"');
  }
  if (kind === 'stream') problems.push(...streamProblems(application, path));
  if (spotShare > 0.8 && spotShare < 1) {
    broken(
      'spotShare',
      spotShare,
      'leaves no regular executor to a job of five: 0.8 is the largest share of a split',
      'write 0.8 or less, or 1',
    );
  }
  const { withoutSlots } = eitherOf(site.cloud.capacity);
  if (withoutSlots !== undefined && spotShare > 0 && spotShare <= 0.8) {
    broken(
      'spotShare',
      spotShare,
      `splits executors by a share, which ${site.cloud.name} cannot: ${withoutSlots}`,
      'write 0 for executors that prefer spot nodes and may fall back, or 1',
    );
  }
  if (topic !== undefined && kind === 'stream' && !site.isOn('kafka')) {
    broken('topic', topic, 'needs kafka, which the overlay turns off', 'turn kafka on, or write a program');
  }
  return problems;
}

function streamProblems({ program, topic, table, ...more }: ApplicationSettings, path: string): Problem[] {
  const problem = (field: string, found: unknown, message: string, remedy: string): Problem => ({
    field: `${path}.${field}`,
    found,
    message,
    remedy,
  });
  if ((program === undefined) === (topic === undefined)) {
    const message =
      topic === undefined
        ? 'is missing for a job of kind "stream", which has no program either'
        : 'is said beside a program, which would read it';
    return [problem('topic', topic, message, 'write either a topic and a table, or a program')];
  }
  if (topic !== undefined) {
    return table === undefined
      ? [problem('table', undefined, 'is missing for a topic', 'write its path, such as "orders"')]
      : [];
  }
  return Object.entries({ table, ...pick(more) })
    .filter(([, found]) => found !== undefined)
    .map(([field, found]) =>
      problem(field, found, 'means nothing for a program of its own', 'leave it out, or write a topic'),
    );
}

type OfTopics = Pick<ApplicationSettings, 'schema' | 'triggerSeconds' | 'outageHours'>;

const pick = ({ schema, triggerSeconds, outageHours }: OfTopics) => ({ schema, triggerSeconds, outageHours });

/** Names of the platform's own jobs, wherever they run. */
const OWN = ['trips', 'trips-daily', 'trips-stream', 'fare-model'];

function namedTwice({ applications }: Settings): Problem[] {
  return applications.flatMap(({ team, name }, index) => {
    const field = `applications[${index}].name`;
    if (OWN.includes(name)) {
      return [{ field, found: name, message: 'is the name of an example', remedy: 'choose another name' }];
    }
    const first = applications.findIndex((each) => each.team === team && each.name === name);
    if (first === index) return [];
    return [
      {
        field,
        found: name,
        message: `two jobs of team ${team} have this name`,
        remedy: 'rename one of them',
      },
    ];
  });
}

/** Folders of the bucket `curated` in which the platform's own tables and checkpoints lie. */
const TAKEN = [EXAMPLES, MEDALLION, ICEBERG_FOLDER, CHECKPOINTS];

/** A table has one writer, and a folder of its own: in S3 two drivers lose commits of each other. */
function tablesShared({ applications }: Settings): Problem[] {
  const within = (inner: string, outer: string) => `${inner}/`.startsWith(`${outer}/`);
  return applications.flatMap(({ team, name, table }, index) => {
    if (table === undefined) return [];
    const problem = (message: string): Problem[] => [
      { field: `applications[${index}].table`, found: table, message, remedy: 'choose another folder' },
    ];
    const taken = TAKEN.find((folder) => within(table, folder));
    if (taken !== undefined) return problem(`lies in "${taken}", where the platform's own tables are`);
    const other = applications
      .slice(0, index)
      .find((each) => each.table !== undefined && (within(table, each.table) || within(each.table, table)));
    if (!other) return [];
    const whose = `job "${other.name}" of team ${other.team}`;
    return problem(
      table === other.table
        ? `is written by ${whose} already, and "${name}" of team ${team} would lose its commits`
        : `shares a folder with table "${other.table}" of ${whose}`,
    );
  });
}
