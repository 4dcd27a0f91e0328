import type { k8s } from 'cdk8s-plus-27';
import type { ComponentChart, PodSet } from '../../../core/chart';
import type { Address } from '../../../core/endpoint';
import { InputError } from '../../../core/problem';
import type { SiteTeam } from '../../../core/site';
import type { PodTemplate } from '../../../imports/spark-operator';
import { versions } from '../../../versions';
import {
  bootstrap,
  lifeOf,
  outageProblem,
  schemaRegistry,
  TEAM_SECRET,
  teamPrefix,
  topicName,
  writeTopic,
} from '../kafka';
import { declareJob, type Job, sparkApplicationSpec } from './application';
import { chosenTeam } from './chosen-team';
import { packagesConf } from './packages';
import { programUri } from './programs';
import type { Settings } from './settings';
import { writeJob } from './submitted';
import type { TeamPods } from './teams';

const NAME = 'trips-stream';
/** Where driver and executors find the password of their team and the authority of the brokers. */
const SECRET = { volume: 'kafka', path: '/etc/kafka' } as const;

/** What Spark reads topics with; images of Spark do not have it. */
const SOURCE = `org.apache.spark:spark-sql-kafka-0-10_2.13:${versions.spark}`;
const SCHEMA =
  'trip_id string, zone int, pickup_at timestamp, dropoff_at timestamp, distance_km double, fare double';

/**
 * The stream of the example: a topic of trips and a job that lands it in a Delta table as long as the site stands.
 * Driver on a regular node, executors on spot nodes; the checkpoint is in the object store, so any of them may go.
 * @throws InputError where the topic forgets messages before a job that stood still can read them
 */
export function writeStream(
  chart: ComponentChart,
  settings: Settings,
  pods: ReadonlyMap<string, TeamPods>,
): void {
  const { site } = chart;
  const { stream } = settings;
  const problems = outageProblem('stream', 'outageHours', stream.retentionHours, stream.outageHours);
  if (problems.length > 0) throw new InputError(problems);
  const team = chosenTeam(site, 'stream', stream.team);
  const { namespace } = team;
  const templates = pods.get(namespace);
  if (!templates) return;
  const topic = topicName(team.name, 'trips');
  writeTopic(chart, topic, {
    partitions: stream.partitions,
    config: lifeOf({ cleanup: 'delete', retentionHours: stream.retentionHours }),
  });
  const job = topicJob(chart, settings, team, {
    name: NAME,
    topic: 'trips',
    table: 'examples/trips_stream',
    // Beside the table and in the same bucket: they live as long as each other.
    checkpoint: 'examples/_checkpoints/trips_stream',
    schema: SCHEMA,
    triggerSeconds: stream.triggerSeconds,
    executors: stream.executors,
    role: 'executor',
  });
  const spec = sparkApplicationSpec(chart, settings, withSecret(templates), job);
  writeJob(chart, 'stream', { name: NAME, namespace }, spec);
  declareJob(chart, settings, NAME, namespace, 'executor', job);
}

/** A topic of a team that lands in a Delta table. */
export interface Landing {
  /** Name of the job. */
  readonly name: string;
  /** Name of the topic after the team. */
  readonly topic: string;
  /** Table and checkpoint: paths in the bucket `curated`. */
  readonly table: string;
  readonly checkpoint: string;
  /** Fields of the values, as SQL writes columns. Default: values are landed as text. */
  readonly schema?: string | undefined;
  readonly triggerSeconds: number;
  readonly executors: number;
  /** Role of its executors. */
  readonly role: string;
}

/** The job that lands a topic; its pods want {@link withSecret}. */
export function topicJob(
  chart: ComponentChart,
  settings: Settings,
  { name: team, namespace }: SiteTeam,
  { name, topic, table, checkpoint, schema, triggerSeconds, executors, role }: Landing,
): Job {
  const { site } = chart;
  const { host, port } = openWays(chart, chart.pods(role, namespace));
  for (const [path, what] of [
    [table, `files of the table that ${name} lands in`],
    [checkpoint, `the checkpoint of ${name}`],
  ] as const)
    chart.keep({ bucket: 'curated', path: `${path}/`, days: 'always', what });
  return {
    program: programUri('stream.py'),
    arguments: [
      `--bootstrap=${host}:${port}`,
      `--topic=${topicName(team, topic)}`,
      `--table=${site.uri('curated', table)}`,
      `--checkpoint=${site.uri('curated', checkpoint)}`,
      `--group-prefix=${teamPrefix(team)}${name}`,
      `--secret=${SECRET.path}`,
      ...(schema === undefined ? [] : [`--schema=${schema}`]),
      `--trigger-seconds=${triggerSeconds}`,
    ],
    executors,
    endless: true,
    conf: {
      ...packagesConf(chart, settings, namespace, [SOURCE]),
      'spark.sql.streaming.metricsEnabled': 'true',
    },
  };
}

/** Jobs of every team reach brokers and schemas; what each may do there depends on its user. */
function openWays(chart: ComponentChart, others: PodSet): Address {
  const jobs = chart.site.teams.flatMap(({ namespace }) =>
    (['driver', 'executor'] as const).map((role) => chart.pods(role, namespace)),
  );
  chart.connect(schemaRegistry, ...jobs, others);
  return chart.connect(bootstrap, ...jobs, others);
}

/** The pods of a job of the team with the Secret of its Kafka user. */
export const withSecret = (pods: Pick<TeamPods, 'driver' | 'executor'>) => ({
  driver: mountSecret(pods.driver),
  executor: mountSecret(pods.executor),
});

function mountSecret({ metadata, spec }: PodTemplate): PodTemplate {
  const volume: k8s.Volume = { name: SECRET.volume, secret: { secretName: TEAM_SECRET.name } };
  const mount: k8s.VolumeMount = { name: SECRET.volume, mountPath: SECRET.path, readOnly: true };
  return {
    ...(metadata ? { metadata } : {}),
    spec: {
      ...spec,
      volumes: [...(spec.volumes ?? []), volume],
      containers: spec.containers.map((container) => ({
        ...container,
        volumeMounts: [...(container.volumeMounts ?? []), mount],
      })),
    },
  };
}
