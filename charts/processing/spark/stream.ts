import type { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import type { Address } from '../../../core/endpoint';
import { InputError } from '../../../core/problem';
import { type PodTemplate, SparkApplication } from '../../../imports/spark-operator';
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
import { sparkApplicationSpec } from './application';
import { chosenTeam } from './chosen-team';
import { IVY, mavenEgress } from './conf';
import { AFTER_OPERATOR, NO_HEALTH } from './example';
import { jarsOf } from './image';
import { podMemory } from './memory';
import { programUri } from './programs';
import type { Settings } from './settings';
import type { TeamPods } from './teams';

const NAME = 'trips-stream';
const TABLE = 'examples/trips_stream';
const CHECKPOINT = 'examples/_checkpoints/trips_stream';
/** Where driver and executors find the password of their team and the authority of the brokers. */
const SECRET = { volume: 'kafka', path: '/etc/kafka' } as const;

/** What Spark reads topics with; images of Spark do not have it. */
const SOURCE = `org.apache.spark:spark-sql-kafka-0-10_2.13:${versions.spark}`;
/** What it writes Delta tables with, where the image has no jars of its own. */
const DELTA = `io.delta:delta-spark_4.1_2.13:${versions.delta}`;

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
  for (const [path, what] of [
    [TABLE, 'files of the table that the stream lands in'],
    [CHECKPOINT, 'the checkpoint of the stream'],
  ] as const)
    chart.keep({ bucket: 'curated', path: `${path}/`, days: 'always', what });
  const { host, port } = openWays(chart);
  const spec = sparkApplicationSpec(
    chart,
    settings,
    { driver: withSecret(templates.driver), executor: withSecret(templates.executor) },
    {
      program: programUri('stream.py'),
      arguments: [
        `--bootstrap=${host}:${port}`,
        `--topic=${topic}`,
        `--table=${site.uri('curated', TABLE)}`,
        // Beside the table and in the same bucket: they live as long as each other.
        `--checkpoint=${site.uri('curated', CHECKPOINT)}`,
        `--group-prefix=${teamPrefix(team.name)}${NAME}`,
        `--secret=${SECRET.path}`,
        `--schema=${SCHEMA}`,
        `--trigger-seconds=${stream.triggerSeconds}`,
      ],
    },
  );
  // A stream has work all the time: what dynamic allocation takes away in a lull it needs in the next minute.
  const { dynamicAllocation: _, ...fixed } = spec;
  new SparkApplication(chart, 'stream', {
    metadata: { name: NAME, namespace, annotations: { ...AFTER_OPERATOR, ...NO_HEALTH } },
    spec: {
      ...fixed,
      restartPolicy: {
        type: 'Always',
        onFailureRetryInterval: 30,
        onSubmissionFailureRetryInterval: 60,
      },
      sparkConf: {
        ...packagesConf(chart, settings, namespace),
        'spark.dynamicAllocation.enabled': 'false',
        'spark.sql.extensions': 'io.delta.sql.DeltaSparkSessionExtension',
        'spark.sql.catalog.spark_catalog': 'org.apache.spark.sql.delta.catalog.DeltaCatalog',
        'spark.sql.streaming.metricsEnabled': 'true',
      },
      executor: { ...fixed.executor, instances: stream.executors },
    },
  });
  declare(chart, settings, namespace);
}

/** Jobs of every team reach brokers and schemas; what each may do there depends on its user. */
function openWays(chart: ComponentChart): Address {
  const jobs = chart.site.teams.flatMap(({ namespace }) =>
    (['driver', 'executor'] as const).map((role) => chart.pods(role, namespace)),
  );
  chart.connect(schemaRegistry, ...jobs);
  return chart.connect(bootstrap, ...jobs);
}

/** The job's own packages beside those of every job, and the way to them: where it is submitted and where it runs. */
function packagesConf(chart: ComponentChart, settings: Settings, namespace: string): Record<string, string> {
  const jars = jarsOf(chart.site, settings);
  const others = jars.filter((jar) => !jar.startsWith('https:'));
  const maven = mavenEgress(settings);
  for (const pods of [chart.pods('controller'), chart.pods('driver', namespace)]) chart.reach(pods, maven);
  const packages = [...others, SOURCE, ...(jars.length > 0 ? [DELTA] : [])];
  return { 'spark.jars.ivy': IVY, 'spark.jars.packages': packages.join(',') };
}

/** The pods of the team's jobs with the Secret of its Kafka user. */
function withSecret({ metadata, spec }: PodTemplate): PodTemplate {
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

function declare(chart: ComponentChart, settings: Settings, namespace: string): void {
  const { driver, executor, stream } = settings;
  const demand = (role: 'driver' | 'executor', cores: number, heap: string, count: number) =>
    chart.demand({
      name: `${role} of ${NAME}`,
      placement: chart.placement(role),
      namespace,
      cpu: cores,
      memory: podMemory(heap).bytes,
      pods: { min: count, typical: count, max: count },
    });
  demand('driver', driver.cores, driver.memory, 1);
  demand('executor', executor.cores, executor.memory, stream.executors);
}
