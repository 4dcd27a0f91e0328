import type { Settings } from '../../charts';
import { notificationOf } from '../../charts/processing/argo-events/notification';
import { loadOverlay, siteNames } from '../../cli/overlays';
import type { Notifications } from '../../core/cloud';
import type { Manifest } from '../../core/manifest';
import { extendOverlay, type Overlay } from '../../core/overlay';
import { InputError, type Problem } from '../../core/problem';
import { synthesize } from '../../core/synth';
import type { EventSourceSpec, SensorSpec } from '../../imports/argo-events';
import { program } from '../../program';
import { sitesWith } from '../support/sites';

type EventSettings = Exclude<NonNullable<Settings['argo-events']>, false>;

const overlays = new Map(
  siteNames(program.root).map((site) => [
    site,
    loadOverlay(program.root, site, (file) => require(file)) as Overlay<Settings>,
  ]),
);

/** Everything that is refused of settings. */
function refused(site: string, settings: EventSettings): readonly Problem[] {
  const base = overlays.get(site);
  if (!base) throw new Error(`there is no overlay ${site}`);
  try {
    synthesize(site, extendOverlay(base, { components: { 'argo-events': settings } }), program.platform);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

const NO_QUEUE = {
  field: 'buckets[0].queue',
  message: 'is missing, so nobody would hear of new objects',
  remedy: 'name the queue in which the cloud puts word of them, as docs/events.md says: queue: "lake-raw"',
};

describe('is refused', () => {
  test.each<[string, string, EventSettings, Problem]>([
    ...['aws', 'azure', 'gcp'].map((site): [string, string, EventSettings, Problem] => [
      'a bucket whose queue is not named',
      site,
      { buckets: [{ name: 'landing' }] },
      NO_QUEUE,
    ]),
    [
      'a queue where the store posts its events itself',
      'onprem',
      { buckets: [{ name: 'landing', queue: 'raw' }] },
      {
        field: 'buckets[0].queue',
        found: 'raw',
        message: 'names a queue, and the object store of this site posts its events itself',
        remedy: 'leave it out, and have the store post to the Service object-store-events',
      },
    ],
    [
      'a queue by its ARN',
      'aws',
      { buckets: [{ name: 'landing', queue: 'arn:aws:sqs:eu-central-1:111122223333:raw' }] },
      {
        field: 'buckets[0].queue',
        found: 'arn:aws:sqs:eu-central-1:111122223333:raw',
        message: 'is no name of a queue',
        remedy: 'write its name alone, without a URL or an ARN',
      },
    ],
    [
      'a source of nobody',
      'aws',
      { webhooks: [{ name: 'run', team: 'sales' }] },
      {
        field: 'webhooks[0].team',
        found: 'sales',
        message: 'there is no such team',
        remedy: 'write one of: ingestion, analytics, science',
      },
    ],
    [
      'two sources of a team of one name',
      'aws',
      { webhooks: [{ name: 'run' }], calendars: [{ name: 'run', schedule: '0 6 * * *' }] },
      {
        field: 'calendars[0].name',
        found: 'run',
        message: 'is the name of webhooks[0] too, and workflows of a team are called after their source',
        remedy: 'give one of them another name',
      },
    ],
    [
      'a schedule that is none',
      'aws',
      { calendars: [{ name: 'daily', schedule: 'at six' }] },
      {
        field: 'calendars[0].schedule',
        found: 'at six',
        message: 'is no schedule',
        remedy: 'write five fields of cron, such as "0 6 * * 1-5"',
      },
    ],
    [
      'a start of nothing',
      'aws',
      { webhooks: [{ name: 'run', starts: [{}] }] },
      {
        field: 'webhooks[0].starts[0]',
        found: {},
        message: 'starts not exactly one thing',
        remedy: 'write { workflow: "medallion" } or { job: { … } }',
      },
    ],
    [
      'one workflow twice',
      'aws',
      { webhooks: [{ name: 'run', starts: [{ workflow: 'medallion' }, { workflow: 'medallion' }] }] },
      {
        field: 'webhooks[0].starts',
        found: [{ workflow: 'medallion' }, { workflow: 'medallion' }],
        message: 'starts one workflow twice',
        remedy: 'an event starts each once, so leave one out',
      },
    ],
    [
      'a workflow that the team does not have',
      'aws',
      {
        webhooks: [{ name: 'run', starts: [{ workflow: 'nightly' }] }],
        calendars: [],
        topics: [],
        buckets: [],
      },
      {
        field: 'Sensor argo-events/ingestion spec.triggers[nightly-run]',
        found: 'team-ingestion/nightly',
        message: 'there is no such WorkflowTemplate in the site',
        remedy: 'have a component that is on write it or have it made, or declare it external with a reason',
      },
    ],
    [
      'a topic that nobody declares',
      'aws',
      { webhooks: [], calendars: [], topics: [{ name: 'orders', topic: 'orders' }], buckets: [] },
      {
        field: 'EventSource argo-events/topics spec.kafka.ingestion-orders.topic',
        found: 'kafka/ingestion.orders',
        message: 'there is no such KafkaTopic in the site',
        remedy: 'have a component that is on write it or have it made, or declare it external with a reason',
      },
    ],
  ])('%s, on %s', (_, site, settings, problem) => {
    expect(refused(site, settings)).toEqual([{ site, component: 'argo-events', ...problem }]);
  });
});

/** How each cloud tells of objects. */
const BUCKETS = { aws: 'sqs', azure: 'azureQueueStorage', gcp: 'pubSub', onprem: 'webhook' } as const;

const sites = sitesWith(
  'namespaces',
  'secrets',
  'certificates',
  'object-store',
  'autoscaling',
  'argo-workflows',
  'kafka',
  'spark',
  'argo-events',
);

describe.each([...sites])('%s', (name, { model }) => {
  const ours = model.entries
    .filter(({ component }) => component === 'argo-events')
    .map((each) => each.manifest);
  const of = (kind: string): Manifest[] => ours.filter((each) => each.kind === kind);
  const named = (kind: string, wanted: string): Manifest => {
    const found = of(kind).find(({ metadata }) => metadata.name === wanted);
    if (!found) throw new Error(`there is no ${kind} ${wanted}`);
    return found;
  };
  // The kind tells the shape.
  const sources = of('EventSource').map(({ metadata, spec }) => ({
    name: metadata.name,
    spec: spec as unknown as EventSourceSpec,
  }));
  const sensors = of('Sensor').map(({ spec }) => spec as unknown as SensorSpec);
  const triggers = sensors.flatMap((sensor) => sensor.triggers);

  test('new objects are heard of as the cloud tells of them', () => {
    const buckets = sources.find((each) => each.name === 'buckets');
    const kind = BUCKETS[name as keyof typeof BUCKETS];
    // A store posts everything to one address; sensors tell whose it is.
    const event = kind === 'webhook' ? 'objects' : 'ingestion-landing';
    expect(Object.keys(buckets?.spec[kind] ?? {})).toEqual([event]);
    const heard = sensors
      .flatMap(({ dependencies }) => dependencies)
      .filter((each) => each.name === 'on-landing');
    expect(heard).toEqual([expect.objectContaining({ eventSourceName: 'buckets', eventName: event })]);
  });

  test('every source starts the pipeline and a job, each once for an event, within limits, and loses none', () => {
    const starts = triggers.map(({ template }) => template.name).sort();
    const each = ['arrivals', 'landing', 'run', 'weekly'];
    expect(starts).toEqual([
      ...each.map((source) => `job-${source}`),
      ...each.map((source) => `medallion-${source}`),
    ]);
    for (const trigger of triggers) {
      expect(trigger).toMatchObject({
        atLeastOnce: true,
        rateLimit: { unit: 'Minute', requestsPerUnit: 10 },
        retryStrategy: { steps: 5 },
        template: { k8s: { operation: 'patch', source: { resource: { kind: 'Workflow' } } } },
        dlqTrigger: {
          atLeastOnce: true,
          retryStrategy: { steps: 8 },
          template: { k8s: { operation: 'create', source: { resource: { kind: 'ConfigMap' } } } },
        },
      });
      const [first] = trigger.template.k8s.parameters;
      expect(first).toMatchObject({ dest: 'metadata.name', operation: 'append' });
    }
  });

  test('a sensor may start workflows and keep dead letters in the namespace of its team, and nothing else', () => {
    const bindings = model.entries
      .map(({ manifest }) => manifest)
      .filter(({ kind }) => kind.endsWith('RoleBinding'))
      // The kind tells the shape.
      .map((each) => each as unknown as Manifest & { subjects: { name: string; namespace?: string }[] })
      .filter(({ subjects }) => subjects.some((subject) => subject.name.startsWith('sensor-')));
    expect(bindings.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual([
      'team-ingestion/sensor-ingestion',
    ]);
    expect(named('Role', 'sensor-ingestion')).toMatchObject({
      rules: [
        { apiGroups: ['argoproj.io'], resources: ['workflows'], verbs: ['get', 'create', 'patch'] },
        { apiGroups: [''], resources: ['configmaps'], verbs: ['create'] },
      ],
    });
  });

  test('pods have the token of their account where the account is said to, since their kinds have no field for it', () => {
    const pods = model.pods.filter(
      ({ component, manifest }) => component === 'argo-events' && manifest.kind !== 'Deployment',
    );
    expect(pods.length).toBeGreaterThan(5);
    for (const { pod } of pods) {
      const { serviceAccountName = '', automountServiceAccountToken } = pod.spec;
      expect([serviceAccountName, automountServiceAccountToken]).toEqual([
        serviceAccountName,
        named('ServiceAccount', serviceAccountName).automountServiceAccountToken,
      ]);
    }
  });

  test('what listens on a port that its pods do not name is reached by its number', () => {
    expect(named('Service', 'webhook')).toMatchObject({
      spec: { ports: [{ port: 12_000, targetPort: 12_000 }] },
    });
  });

  test('requests are text, as the controller reads them', () => {
    const templates = [
      ...sources.map(({ spec }) => spec.template),
      ...sensors.map(({ template }) => template),
    ];
    for (const { container } of templates) {
      expect(JSON.parse(JSON.stringify(container?.resources))).toEqual({
        requests: { cpu: '50m', memory: '64Mi' },
        limits: { memory: '256Mi' },
      });
    }
  });
});

describe('notifications of objects', () => {
  /** Whether an event would pass; as the program does it, where all paths have a value. */
  const passes = (from: Notifications, prefix: string, values: Readonly<Record<string, string>>): boolean =>
    notificationOf(from, 'lake-raw', prefix).filters.every(({ path, value }) => {
      const found = values[path];
      return found !== undefined && value.some((each) => new RegExp(each).test(found));
    });

  const s3 = (key: string, eventName = 'ObjectCreated:Put') => ({
    'body.Records.0.eventName': eventName,
    'body.Records.0.s3.bucket.name': 'lake-raw',
    'body.Records.0.s3.object.key': key,
  });
  const gcs = (objectId: string, eventType = 'OBJECT_FINALIZE') => ({
    'attributes.eventType': eventType,
    'attributes.bucketId': 'lake-raw',
    'attributes.objectId': objectId,
  });
  const blob = (path: string, eventType = 'Microsoft.Storage.BlobCreated') => ({
    'body.eventType': eventType,
    'body.subject': `/blobServices/default/containers/lake-raw/blobs/${path}`,
  });
  /** What it says of an entry: version and ETag, as far as it has them. */
  const seaweed = (key: string, type: string, ...marks: string[]) => ({
    'body.key': `/buckets/lake-raw/${key}`,
    [SEAWEED_LIST]: JSON.stringify([type, ...marks]),
  });
  const SEAWEED_LIST =
    '[body.event_type,body.message.new_entry.extended.Seaweed-X-Amz-Version-Id,body.message.new_entry.extended.Seaweed-X-Amz-ETag]';
  const VERSION = `orders/day=1 a/x.csv.versions/v_${'0'.repeat(32)}`;
  const sqs = { kind: 'sqs', region: 'eu-central-1' } as const;
  const pubSub = { kind: 'pub-sub', project: 'lake' } as const;
  const queue = { kind: 'storage-queue', account: 'lake' } as const;
  const post = { kind: 'post', format: 'seaweedfs' } as const;

  test.each<[string, Notifications, Readonly<Record<string, string>>, boolean]>([
    // S3 writes keys as forms of pages have them.
    ['an object below the prefix', sqs, s3('orders/day%3D1+a/x.csv'), true],
    ['an object elsewhere', sqs, s3('other/orders/day%3D1+a/x.csv'), false],
    ['an object that is gone', sqs, s3('orders/day%3D1+a/x.csv', 'ObjectRemoved:Delete'), false],
    [
      'an object of another bucket',
      sqs,
      { ...s3('orders/day%3D1+a/x'), 'body.Records.0.s3.bucket.name': 'lake-raw-2' },
      false,
    ],
    ['the message that S3 tests a queue by', sqs, { 'body.Event': 's3:TestEvent' }, false],
    ['an object below the prefix', pubSub, gcs('orders/day=1 a/x.csv'), true],
    ['an object elsewhere', pubSub, gcs('other/day=1 a/x.csv'), false],
    ['an object that is gone', pubSub, gcs('orders/day=1 a/x.csv', 'OBJECT_DELETE'), false],
    ['a blob below the prefix', queue, blob('orders/day=1 a/x.csv'), true],
    ['a blob elsewhere', queue, blob('other/x.csv'), false],
    ['a blob that is gone', queue, blob('orders/day=1 a/x.csv', 'Microsoft.Storage.BlobDeleted'), false],
    ['an object below the prefix', post, seaweed(VERSION, 'create', 'aWQ=', 'ZXRhZw=='), true],
    ['an object elsewhere', post, seaweed(`other/${VERSION}`, 'create', 'aWQ=', 'ZXRhZw=='), false],
    ['an object without versions', post, seaweed('orders/day=1 a/x', 'create', 'bnVsbA==', 'ZQ=='), true],
    ['one that is written anew', post, seaweed('orders/day=1 a/x', 'update', 'bnVsbA==', 'ZQ=='), true],
    ['a version that is not the newest any more', post, seaweed(VERSION, 'update', 'aWQ=', 'ZQ=='), false],
    ['an object that is gone', post, seaweed('orders/day=1 a/x', 'delete', 'bnVsbA==', 'ZQ=='), false],
    ['the mark of an object that is gone', post, seaweed(VERSION, 'create', 'aWQ='), false],
    ['a part of an upload', post, seaweed('orders/day=1 a/0001.part', 'create', 'ZXRhZw=='), false],
    ['a folder', post, seaweed('orders/day=1 a/y', 'create'), false],
  ])('%s: %j', (_, from, values, expected) => {
    expect(passes(from, 'orders/day=1 a', values)).toBe(expected);
  });
});

describe('the store inside the cluster', () => {
  const base = overlays.get('onprem');
  const made = (buckets: EventSettings['buckets']) => {
    if (!base) throw new Error('there is no overlay onprem');
    const components = { 'argo-events': { buckets } };
    return synthesize('onprem', extendOverlay(base, { components }), program.platform);
  };
  const of = ({ model }: ReturnType<typeof made>, namespace: string, kind: string, name: string) =>
    model.entries.find(
      ({ manifest: { kind: k, metadata: m } }) => k === kind && m.namespace === namespace && m.name === name,
    )?.manifest;

  // The kind tells the shape.
  const filesOf = (site: ReturnType<typeof made>) =>
    (of(site, 'object-store', 'ConfigMap', 'object-store')?.data ?? {}) as Readonly<Record<string, string>>;

  test('posts what any source waits for, and nothing else, with a token that it has made', () => {
    const site = made([
      { name: 'landing' },
      { name: 'orders', team: 'analytics', bucket: 'curated', prefix: 'orders/', starts: [{ job: {} }] },
      { name: 'again', team: 'science', bucket: 'curated', prefix: 'orders/', starts: [{ job: {} }] },
    ]);
    const file = filesOf(site)['notification.toml'];
    expect(file).toContain('path_prefixes = ["/buckets/lake-curated/orders/", "/buckets/lake-raw/"]\n');
    expect(file).toContain('endpoint = "http://object-store-events.argo-events.svc:12000/objects"\n');
    expect(of(site, 'object-store', 'ExternalSecret', 'object-store-events')?.spec).toMatchObject({
      refreshPolicy: 'CreatedOnce',
    });
    expect(of(site, 'argo-events', 'ExternalSecret', 'token-object-store')?.spec).toMatchObject({
      data: [{ secretKey: 'token', remoteRef: { key: 'object-store-events', property: 'token' } }],
    });
    const { waves } = site.order;
    expect(waves.get('argo-events')).toBeGreaterThan(waves.get('object-store') ?? Number.POSITIVE_INFINITY);
  });

  test('posts nothing where nobody waits', () => {
    const site = made([]);
    expect(Object.keys(filesOf(site))).toEqual(['filer.toml']);
    expect(of(site, 'object-store', 'ExternalSecret', 'object-store-events')).toBeUndefined();
  });
});
