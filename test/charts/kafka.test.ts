import type { Settings } from '../../charts';
import { loadOverlay, siteNames } from '../../cli/overlays';
import type { Manifest } from '../../core/manifest';
import { extendOverlay, type Overlay } from '../../core/overlay';
import { InputError, type Problem } from '../../core/problem';
import { type Synthesis, synthesize } from '../../core/synth';
import { program } from '../../program';

type KafkaSettings = Exclude<NonNullable<Settings['kafka']>, false>;
type SparkSettings = Exclude<NonNullable<Settings['spark']>, false>;

const overlays = new Map(
  siteNames(program.root).map((site) => [
    site,
    loadOverlay(program.root, site, (file) => require(file)) as Overlay<Settings>,
  ]),
);

function withKafka(site: string, kafka: KafkaSettings, spark?: SparkSettings): Synthesis {
  const base = overlays.get(site);
  if (!base) throw new Error(`there is no overlay ${site}`);
  // Its topics are those of the overlay, which are others here.
  const components = { kafka, 'argo-events': { topics: [] }, ...(spark ? { spark } : {}) };
  return synthesize(site, extendOverlay(base, { components }), program.platform);
}

/** Everything that is refused of settings. */
function refused(kafka: KafkaSettings, spark?: SparkSettings): readonly Problem[] {
  try {
    withKafka('onprem', kafka, spark);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

const topic = { team: 'ingestion', name: 'orders' } as const;

describe('is refused', () => {
  const where = { site: 'onprem', component: 'kafka' };
  test.each<[string, KafkaSettings, Problem]>([
    [
      'a topic with more replicas than brokers',
      { topics: [{ ...topic, replication: 4 }] },
      {
        field: 'topics[0].replication',
        found: 4,
        message: 'is above the 3 brokers of the site, and each holds a message once',
        remedy: 'write 3 or less, or raise brokers.count',
      },
    ],
    [
      'a topic that wants more replicas in sync than it has',
      { topics: [{ ...topic, replication: 2, minInsync: 3 }] },
      {
        field: 'topics[0].minInsync',
        found: 3,
        message: 'is above the replication of 2, so nothing could ever be written',
        remedy: 'write 1',
      },
    ],
    [
      'a topic that cannot be written while a broker restarts',
      { topics: [{ ...topic, minInsync: 3 }] },
      {
        field: 'topics[0].minInsync',
        found: 3,
        message: 'is the replication itself, so nothing can be written while one broker restarts',
        remedy: 'write 2, or raise the replication',
      },
    ],
    [
      'a topic without a partition',
      { topics: [{ ...topic, partitions: 0 }] },
      {
        field: 'topics[0].partitions',
        found: 0,
        message: 'must be at least 1',
        remedy: 'a topic has a partition for each consumer that reads it at once',
      },
    ],
    [
      'a topic that forgets messages before a reader needs them',
      { topics: [{ ...topic, retentionHours: 12, outageHours: 72 }] },
      {
        field: 'topics[0].retentionHours',
        found: 12,
        message:
          'messages go after 12 hours, but a reader may stand still for 72 hours and would then find nothing where its checkpoint points',
        remedy: 'write 72 or more, or lower topics[0].outageHours to 12',
      },
    ],
    [
      'a topic of nobody',
      { topics: [{ ...topic, team: 'ingest' }] },
      {
        field: 'topics[0].team',
        found: 'ingest',
        message: 'there is no such team',
        remedy: 'write one of: ingestion, analytics, science',
      },
    ],
    [
      'a reader that is nobody',
      { topics: [{ ...topic, readers: ['analytics', 'sales'] }] },
      {
        field: 'topics[0].readers[1]',
        found: 'sales',
        message: 'there is no such team',
        remedy: 'write one of: ingestion, analytics, science',
      },
    ],
    [
      'two topics of one name',
      { topics: [topic, { ...topic, partitions: 2 }] },
      {
        field: 'topics[1].name',
        found: 'ingestion.orders',
        message: 'two topics have this name',
        remedy: 'rename one of them',
      },
    ],
    [
      'tiered messages without a plugin',
      { topics: [{ ...topic, localHours: 6 }] },
      {
        field: 'topics[0].localHours',
        found: 6,
        message: 'moves messages to the object store, which brokers of this site have no plugin for',
        remedy: 'name one under tiered.plugin, or leave it out',
      },
    ],
    [
      'a compacted topic that is tiered',
      {
        tiered: { plugin: 'registry.example.com/tiered:1.0' },
        topics: [{ ...topic, localHours: 6, cleanup: 'compact' }],
      },
      {
        field: 'topics[0].localHours',
        found: 6,
        message: 'cannot be had together with cleanup "compact": Kafka tiers no compacted topics',
        remedy: 'leave it out, or write cleanup: "delete"',
      },
    ],
    [
      'an even number of controllers',
      { controllers: { count: 2 } },
      {
        field: 'controllers.count',
        found: 2,
        message: 'is even',
        remedy: 'write 1, 3 or 5: one more that fails for each two, and a vote needs a majority',
      },
    ],
    [
      'a sink without its topic',
      {
        topics: [topic],
        connect: {
          plugin: 'registry.example.com/sink:1.0',
          catalog: 'https://catalog.example.com',
          sinks: [{ team: 'ingestion', topic: 'order', table: 'raw.orders' }],
        },
      },
      {
        field: 'connect.sinks[0].topic',
        found: 'ingestion.order',
        message: 'there is no such topic under topics',
        remedy: 'write one of: ingestion.orders',
      },
    ],
    [
      'two sinks of one topic',
      {
        topics: [topic],
        connect: {
          plugin: 'registry.example.com/sink:1.0',
          catalog: 'https://catalog.example.com',
          sinks: [
            { team: 'ingestion', topic: 'orders', table: 'raw.orders' },
            { team: 'ingestion', topic: 'orders', table: 'raw.copies' },
          ],
        },
      },
      {
        field: 'connect.sinks[1].topic',
        found: 'ingestion.orders',
        message: 'is the topic of another sink, and would land twice',
        remedy: 'leave one of them out',
      },
    ],
    [
      'a plugin without a version',
      { tiered: { plugin: 'registry.example.com/tiered' } },
      {
        field: 'tiered.plugin',
        found: 'registry.example.com/tiered',
        message: 'is no image with a version',
        remedy: 'write registry, path and tag, such as "registry.example.com/sink:1.0"',
      },
    ],
  ])('%s', (_, settings, problem) => {
    expect(refused(settings)).toEqual([{ ...where, ...problem }]);
  });

  test('a stream whose topic forgets what the job has not read', () => {
    expect(refused({}, { stream: { retentionHours: 24, outageHours: 72 } })).toEqual([
      {
        site: 'onprem',
        component: 'spark',
        field: 'stream.retentionHours',
        found: 24,
        message:
          'messages go after 24 hours, but a reader may stand still for 72 hours and would then find nothing where its checkpoint points',
        remedy: 'write 72 or more, or lower stream.outageHours to 24',
      },
    ]);
  });
});

/** With everything that can be turned on. */
const full: KafkaSettings = {
  oidc: { issuer: 'https://login.example.com', jwks: 'https://login.example.com/keys' },
  tiered: { plugin: 'registry.example.com/tiered:1.0' },
  topics: [{ ...topic, localHours: 6, readers: ['analytics'] }],
  connect: {
    plugin: 'registry.example.com/sink:1.0',
    catalog: 'https://catalog.example.com:8443',
    sinks: [{ team: 'ingestion', topic: 'orders', table: 'raw.orders' }],
  },
};

describe.each([...overlays.keys()])('%s', (site) => {
  const { model } = withKafka(site, full);
  const object = (kind: string, name: string): Manifest => {
    const found = model.entries.find(
      ({ manifest: { kind: k, metadata: m } }) => k === kind && m.name === name && m.namespace === 'kafka',
    );
    if (!found) throw new Error(`there is no ${kind} ${name}`);
    return JSON.parse(JSON.stringify(found.manifest)) as Manifest;
  };

  test('users of teams reach their own topics and what they were lent, and nothing of another team', () => {
    for (const { name, namespace } of model.site.teams) {
      const { spec } = object('KafkaUser', namespace) as unknown as {
        spec: { authorization: { acls: { resource: Record<string, string>; operations: string[] }[] } };
      };
      for (const { resource, operations } of spec.authorization.acls) {
        const lent = resource.name === 'ingestion.orders' && name === 'analytics';
        expect(lent ? resource.patternType : resource.name).toBe(lent ? 'literal' : `${name}.`);
        if (lent) expect(operations).not.toContain('Write');
      }
    }
  });

  test('brokers and workers keep data in the store of the site, with an identity and no key in sight', () => {
    const { uri } = model.site;
    const sink = JSON.stringify(object('KafkaConnector', 'ingestion.orders.iceberg'));
    expect(sink).toContain(uri('curated'));
    const kafka = JSON.stringify(object('Kafka', 'lake'));
    expect(kafka).toContain(`"${model.site.bucket('raw')}"`);
    const account = { namespace: 'kafka', serviceAccount: 'lake-kafka' };
    const { serviceAccountAnnotations, env } = model.site.cloud.identity(account);
    for (const [key, value] of Object.entries(serviceAccountAnnotations)) {
      expect(kafka).toContain(`${JSON.stringify(key)}:${JSON.stringify(value)}`);
    }
    const pool = JSON.stringify(object('KafkaNodePool', 'broker'));
    for (const { name } of env) expect(pool).toContain(`"name":"${name}"`);
    expect(model.recorded.get('kafka')?.grants).toEqual([
      { ...account, bucket: 'raw', access: 'read-write' },
      { namespace: 'kafka', serviceAccount: 'connect-connect', bucket: 'curated', access: 'read-write' },
    ]);
  });

  test('what holds messages is not deleted when it vanishes from dist', () => {
    const holders = model.entries.filter(({ manifest: { kind } }) =>
      ['Kafka', 'KafkaNodePool', 'KafkaTopic'].includes(kind),
    );
    expect(holders.length).toBeGreaterThan(5);
    for (const { manifest } of holders) {
      expect(manifest.metadata.annotations).toMatchObject({
        'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
      });
      if (manifest.kind === 'KafkaNodePool')
        expect(JSON.stringify(manifest)).toContain('"deleteClaim":false');
    }
  });

  test('the operator makes no policy of its own: nobody comes in but by a recorded connection', () => {
    const [operator] = (model.recorded.get('kafka')?.upstream ?? []).filter(({ kind }) => kind === 'chart');
    expect(operator).toMatchObject({ values: { generateNetworkPolicy: false } });
  });
});

test('a site of one broker has one replica of everything, and no Cruise Control', () => {
  const { model } = withKafka('onprem', { brokers: { count: 1 }, controllers: { count: 1 } });
  const spec = (kind: string, name: string) =>
    model.entries.find(({ manifest: { kind: k, metadata: m } }) => k === kind && m.name === name)?.manifest
      .spec;
  expect(spec('KafkaTopic', 'schemas')).toMatchObject({
    replicas: 1,
    config: { 'min.insync.replicas': 1 },
  });
  expect(spec('Kafka', 'lake')).not.toHaveProperty('cruiseControl');
  expect(model.entries.some(({ manifest }) => manifest.kind === 'KafkaRebalance')).toBe(false);
});
