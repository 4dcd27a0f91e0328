import type { Settings } from '../../charts';
import { loadOverlay } from '../../cli/overlays';
import type { Manifest } from '../../core/manifest';
import { extendOverlay, type Overlay } from '../../core/overlay';
import { InputError } from '../../core/problem';
import { type Synthesis, synthesize } from '../../core/synth';
import type { PodTemplate, SparkApplicationSpec } from '../../imports/spark-operator';
import { program } from '../../program';

type Spark = Exclude<Settings['spark'], false | undefined>;
type Application = NonNullable<Spark['applications']>[number];

/** A site of overlays/ with these settings of Spark, held to all rules. */
const siteWith = (site: string, spark: Spark, more: Settings = {}): Synthesis => {
  const overlay = loadOverlay(program.root, site, (file) => require(file)) as Overlay<Settings>;
  const kafka = { topics: [...TOPICS, { team: 'analytics', name: 'clicks' }, ...MORE] };
  const components = { kafka, spark, ...more };
  return synthesize(site, extendOverlay(overlay, { components }), program.platform);
};

/** Those of the overlays, which a list replaces. */
const TOPICS = [{ team: 'ingestion', name: 'arrivals' }];

/** Topics of other jobs, one a team. */
const MORE = ['ingestion', 'analytics', 'science'].map((team) => ({ team, name: 'more' }));

const find = ({ model }: Synthesis, kind: string, name: string): Manifest => {
  const found = model.entries.find(({ manifest: { kind: k, metadata: m } }) => k === kind && m.name === name);
  if (!found) throw new Error(`there is no ${kind} ${name}`);
  return JSON.parse(JSON.stringify(found.manifest)) as Manifest;
};
// The kind tells the shape.
const spec = (manifest: Manifest) => manifest.spec as unknown as SparkApplicationSpec;
const executorOf = (manifest: Manifest) => spec(manifest).executor.template as PodTemplate;

const BATCH = { kind: 'batch', team: 'analytics', name: 'orders', program: 'jobs/orders.py' } as const;
const SQL = { kind: 'sql', team: 'analytics', name: 'report', statements: 'jobs/report.sql' } as const;
const STREAM = {
  kind: 'stream',
  team: 'analytics',
  name: 'clicks',
  topic: 'clicks',
  table: 'web/clicks',
} as const;

describe('jobs of the overlay', () => {
  const applications: Application[] = [
    BATCH,
    {
      ...SQL,
      schedule: '0 4 * * *',
      parameters: { day: '2026-11-24' },
      executors: 3,
      executor: { memory: '16Gi' },
      conf: { 'spark.sql.shuffle.partitions': '64' },
    },
    { ...STREAM, schema: 'user string', spotShare: 0.75 },
    { ...BATCH, kind: 'stream', name: 'watcher', executors: 1, spotShare: 0 },
  ];
  const made = siteWith('aws', { applications });
  const bucket = (purpose: string) => `s3a://example-lake-eu-central-1-${purpose}`;

  test('a batch of four lines has everything that the example has', () => {
    const orders = spec(find(made, 'SparkApplication', 'orders'));
    const example = spec(find(made, 'SparkApplication', 'trips'));
    expect(orders).toEqual({
      ...example,
      mainApplicationFile: `${bucket('artifacts')}/jobs/orders.py`,
      arguments: [],
    });
  });

  test('statements are given to the program of the platform, with layers and parameters, by the clock', () => {
    const { schedule, template } = find(made, 'ScheduledSparkApplication', 'report').spec as unknown as {
      schedule: string;
      template: SparkApplicationSpec;
    };
    expect(schedule).toBe('0 4 * * *');
    expect(template).toMatchObject({
      mainApplicationFile: 'local:///opt/lakeport/programs/sql.py',
      arguments: [
        `--statements=${bucket('artifacts')}/jobs/report.sql`,
        ...['raw', 'curated', 'presentation'].map((layer) => `--parameter=${layer}=${bucket(layer)}`),
        '--parameter=day=2026-11-24',
      ],
      sparkConf: { 'spark.sql.shuffle.partitions': '64' },
      dynamicAllocation: { maxExecutors: 3 },
      executor: { memory: '16384m', cores: 4 },
    });
    expect(made.model.entries.map(({ manifest }) => manifest.metadata.name)).toContain('spark-programs');
    const { data } = find(made, 'ConfigMap', 'spark-programs') as unknown as { data: Record<string, string> };
    expect(Object.keys(data)).toEqual(
      expect.arrayContaining(['sql.py', 'stream.py', 'training.py', 'trips.py']),
    );
  });

  test('a stream keeps its executors, is started again, and reads the topic of its team as its user', () => {
    const clicks = spec(find(made, 'SparkApplication', 'clicks'));
    expect(clicks).toMatchObject({ restartPolicy: { type: 'Always' }, executor: { instances: 2 } });
    expect(clicks.dynamicAllocation).toBeUndefined();
    expect(clicks.sparkConf).toMatchObject({ 'spark.dynamicAllocation.enabled': 'false' });
    expect(clicks.arguments).toEqual(
      expect.arrayContaining([
        '--topic=analytics.clicks',
        `--table=${bucket('curated')}/web/clicks`,
        `--checkpoint=${bucket('curated')}/_checkpoints/web/clicks`,
        '--schema=user string',
        '--trigger-seconds=60',
      ]),
    );
    for (const each of [clicks.driver, clicks.executor]) {
      expect(each.template?.spec.volumes).toContainEqual(expect.objectContaining({ name: 'kafka' }));
    }
    const watcher = spec(find(made, 'SparkApplication', 'watcher'));
    expect(watcher).toMatchObject({ restartPolicy: { type: 'Always' }, executor: { instances: 1 } });
  });

  test('executors with a share are split within their own job, one slot in four regular', () => {
    const { metadata, spec: pod } = executorOf(find(made, 'SparkApplication', 'clicks'));
    expect(metadata?.labels?.['app.kubernetes.io/component']).toBe('executor-mixed-3-of-4');
    expect(pod.topologySpreadConstraints).toEqual([
      {
        maxSkew: 1,
        minDomains: 4,
        topologyKey: 'lakeport.io/spread',
        whenUnsatisfiable: 'DoNotSchedule',
        labelSelector: {
          matchLabels: {
            'app.kubernetes.io/name': 'spark',
            'app.kubernetes.io/component': 'executor-mixed-3-of-4',
          },
        },
        // Spark gives it to the pods of one application.
        matchLabelKeys: ['spark-app-selector'],
      },
    ]);
    const terms =
      pod.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
    for (const { matchExpressions } of terms ?? []) {
      const slots = { key: 'lakeport.io/spread', operator: 'In', values: ['r0', 's0', 's1', 's2'] };
      expect(matchExpressions).toContainEqual(slots);
    }
    expect(made.model.recorded.get('spark')?.demands).toContainEqual(
      expect.objectContaining({ name: 'executor of clicks', placement: { regular: 1, spot: 3 } }),
    );
  });

  test('they reach drivers, brokers and the object store, and drivers reach them', () => {
    const names = made.model.entries
      .filter(
        ({ manifest: { kind, metadata } }) =>
          kind === 'NetworkPolicy' && metadata.namespace === 'team-analytics',
      )
      .map(({ manifest }) => manifest.metadata.name);
    for (const role of ['executor-mixed-3-of-4', 'executor-spot-preferred']) {
      expect(names).toEqual(
        expect.arrayContaining([
          `spark-${role}-to-spark-driver`,
          `spark-driver-to-spark-${role}`,
          `spark-${role}-to-spark-${role}`,
          `spark-${role}-to-object-store`,
        ]),
      );
    }
    expect(names).toContain('spark-executor-mixed-3-of-4-to-kafka-broker');
  });

  test('the API server lets such executors in where a job chose them, and nowhere else', () => {
    const policy = (name: string) => find(made, 'ValidatingAdmissionPolicy', name).spec as unknown as Policy;
    const others = ['executor-mixed-3-of-4', 'executor-spot-preferred'];
    const spot = policy('spark-executors-on-spot');
    expect(spot.matchConstraints.namespaceSelector.matchExpressions[0]?.values).toEqual([
      'team-ingestion',
      'team-science',
    ]);
    const here = policy('spark-executors-on-spot-in-team-analytics');
    expect(here.matchConstraints.objectSelector.matchExpressions).toEqual([
      { key: 'app.kubernetes.io/component', operator: 'NotIn', values: others },
    ]);
    expect(here.validations).toEqual(spot.validations);
    const split = policy('spark-executor-mixed-3-of-4-in-team-analytics');
    expect(split.validations.map(({ expression }) => expression).join(' ')).toMatch(
      /r0.*topologySpreadConstraints/s,
    );
    expect(policy('spark-executor-spot-preferred-in-team-analytics').validations).toHaveLength(1);
  });
});

interface Policy {
  readonly matchConstraints: {
    readonly namespaceSelector: { readonly matchExpressions: readonly { readonly values: string[] }[] };
    readonly objectSelector: { readonly matchExpressions?: readonly object[] };
  };
  readonly validations: readonly { readonly expression: string }[];
}

test('executors that prefer spot nodes take the class of nodes of both kinds on Google Cloud', () => {
  const made = siteWith('gcp', { applications: [{ ...BATCH, spotShare: 0, executors: 1 }] });
  const text = JSON.stringify(executorOf(find(made, 'SparkApplication', 'orders')).spec.affinity);
  expect(text).toContain('cloud.google.com/compute-class');
});

describe('a job is refused', () => {
  const refused = (site: string, applications: unknown[], more?: Settings) => {
    try {
      siteWith(site, { applications: applications as Application[] }, more);
    } catch (error) {
      if (error instanceof InputError) return error.problems;
      throw error;
    }
    return [];
  };

  test.each<[string, object, string, string, string]>([
    ['of no kind', { ...BATCH, kind: 'spark' }, 'kind', 'is none of the values', 'batch, sql, stream'],
    [
      'of no team',
      { ...BATCH, team: 'sales' },
      'team',
      'there is no such team',
      'ingestion, analytics, science',
    ],
    ['without a name', { ...BATCH, name: undefined }, 'name', 'is missing', 'write text: Name of the job'],
    ['with a bad name', { ...BATCH, name: 'Orders' }, 'name', 'is no name of a job', 'up to 30 lower-case'],
    [
      'called as an example',
      { ...BATCH, name: 'trips' },
      'name',
      'is the name of an example',
      'choose another',
    ],
    [
      'without a program',
      { ...BATCH, program: undefined },
      'program',
      'is missing for a job of kind "batch"',
      'jobs/orders.py',
    ],
    [
      'with a program that is none',
      { ...BATCH, program: 'orders.jar' },
      'program',
      'is no file of that kind',
      'jobs/orders.py',
    ],
    [
      'without statements',
      { ...SQL, statements: undefined },
      'statements',
      'is missing for a job of kind "sql"',
      'orders.sql',
    ],
    [
      'with statements for a batch',
      { ...BATCH, statements: 'a.sql' },
      'statements',
      'means nothing for a job of kind "batch"',
      'write kind: "sql"',
    ],
    [
      'with a schedule for a stream',
      { ...STREAM, schedule: '0 1 * * *' },
      'schedule',
      'means nothing for a job of kind "stream"',
      'kind: "batch" or "sql"',
    ],
    [
      'that streams nothing',
      { ...STREAM, topic: undefined, table: undefined },
      'topic',
      'is missing for a job of kind "stream"',
      'a topic and a table, or a program',
    ],
    [
      'that streams both',
      { ...STREAM, program: 'a.py' },
      'topic',
      'is said beside a program',
      'a topic and a table, or a program',
    ],
    ['that lands nowhere', { ...STREAM, table: undefined }, 'table', 'is missing for a topic', '"orders"'],
    [
      'with a table for a program',
      { ...STREAM, topic: undefined, program: 'a.py' },
      'table',
      'means nothing for a program',
      'leave it out',
    ],
    [
      'with a share too fine',
      { ...BATCH, spotShare: 0.9 },
      'spotShare',
      'leaves no regular executor',
      'write 0.8 or less, or 1',
    ],
    ['with a setting that is none', { ...BATCH, conf: { 'sql.x': '1' } }, 'conf["sql.x"]', '', ''],
    [
      'with a misspelt setting',
      { ...BATCH, executer: {} },
      'executer',
      'there is no such setting',
      'did you mean "executor"?',
    ],
  ])('%s', (_, application, field, message, remedy) => {
    const problems = refused('aws', [application]);
    expect(problems).toEqual([
      expect.objectContaining({
        site: 'aws',
        component: 'spark',
        field: `applications[0].${field}`,
        message: expect.stringContaining(message),
        remedy: expect.stringContaining(remedy),
      }),
    ]);
  });

  test('where two of a team have one name', () => {
    expect(refused('aws', [BATCH, { ...SQL, name: 'orders' }, { ...BATCH, team: 'science' }])).toEqual([
      expect.objectContaining({ field: 'applications[1].name', found: 'orders' }),
    ]);
  });

  test.each<[string, object, string, string]>([
    [
      'has another job already, of whichever team',
      { team: 'science', name: 'more-clicks' },
      'web/clicks',
      'is written by job "clicks" of team analytics already',
    ],
    [
      'lies in that of another',
      { name: 'deep' },
      'web/clicks/deep',
      'shares a folder with table "web/clicks"',
    ],
    ['holds that of another', { name: 'all' }, 'web', 'shares a folder with table "web/clicks"'],
    ['is of an example', { name: 'mine' }, 'examples/trips_stream', 'lies in "examples"'],
    ['is where Iceberg tables are', { name: 'mine' }, 'iceberg/web/clicks', 'lies in "iceberg"'],
    ['is where checkpoints are', { name: 'mine' }, '_checkpoints/clicks', 'lies in "_checkpoints"'],
  ])('where its table %s', (_, more, table, message) => {
    const other = { ...STREAM, topic: 'more', ...more, table };
    expect(refused('aws', [STREAM, other])).toEqual([
      expect.objectContaining({
        field: 'applications[1].table',
        found: table,
        message: expect.stringContaining(message),
        remedy: 'choose another folder',
      }),
    ]);
    expect(refused('aws', [STREAM, { ...other, table: 'web/clicks-2' }])).toEqual([]);
  });

  test('where nodes have no slots: a split on Google Cloud', () => {
    expect(refused('gcp', [{ ...BATCH, spotShare: 0.75 }])).toEqual([
      expect.objectContaining({
        component: 'spark',
        field: 'applications[0].spotShare',
        found: 0.75,
        message: expect.stringContaining('which gcp cannot'),
        remedy: expect.stringContaining('write 0 for executors that prefer spot nodes'),
      }),
    ]);
  });

  test('where nobody declares its topic', () => {
    const problem = (remedy: string) => ({
      site: 'aws',
      component: 'spark',
      field: 'applications[0].topic',
      found: 'clicks',
      message: 'names a topic that the overlay does not declare: analytics.clicks',
      remedy: `declare it: components.kafka.topics: [{ team: "analytics", name: "clicks" }]${remedy}`,
    });
    expect(refused('aws', [STREAM], { kafka: { topics: TOPICS } })).toEqual([problem('')]);
    const near = { topics: [...TOPICS, { team: 'analytics', name: 'click' }] };
    expect(refused('aws', [STREAM], { kafka: near })).toEqual([
      problem('; or did you mean "analytics.click"?'),
    ]);
  });

  test('where its topic forgets messages before a job that stood still can read them', () => {
    const kafka = (topic: object) => ({
      kafka: { topics: [...TOPICS, { team: 'analytics', name: 'clicks', ...topic }] },
    });
    expect(refused('aws', [STREAM], kafka({ retentionHours: 24 }))).toEqual([
      {
        site: 'aws',
        component: 'spark',
        field: 'applications[0].outageHours',
        found: 72,
        message:
          'the job may stand still for 72 hours, but analytics.clicks keeps messages for 24 hours: its checkpoint ' +
          'would then point at nothing',
        remedy: 'raise retentionHours of the topic to 72, or write 24 or less',
      },
    ]);
    expect(refused('aws', [{ ...STREAM, outageHours: 24 }], kafka({ retentionHours: 24 }))).toEqual([]);
    expect(refused('aws', [STREAM], kafka({ retentionHours: 24, cleanup: 'compact' }))).toEqual([]);
  });

  test('where there is no Kafka for a topic', () => {
    expect(refused('aws', [STREAM], { kafka: false })).toEqual([
      expect.objectContaining({
        field: 'applications[0].topic',
        remedy: expect.stringContaining('turn kafka on'),
      }),
    ]);
  });

  test('where a job on regular nodes would push the site below its floor', () => {
    const large = { ...BATCH, spotShare: 0, executors: 50, executor: { cores: 5 } };
    expect(refused('aws', [large])).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          field: 'spotFloor',
          remedy: expect.stringContaining('executor of orders'),
        }),
      ]),
    );
  });
});
