import type { Bucket } from '../../../core/bucket';
import type { ComponentChart, RoleCompute } from '../../../core/chart';
import { InputError, type Problem } from '../../../core/problem';
import type { Site } from '../../../core/site';
import { type Config, KafkaConnect, KafkaConnector } from '../../../imports/strimzi';
import { versions } from '../../../versions';
import { ICEBERG_PATH, icebergCatalog } from '../../query/hive/endpoints';
import { durabilityOf } from './broker-config';
import { resources } from './compute';
import { bootstrap } from './endpoints';
import { PORTS, SECRETS } from './names';
import { scaleWorkers } from './scaling';
import type { Settings, SinkSettings } from './settings';
import { container, podTemplate } from './template';
import { topicName, writeTopic } from './topics';
import { exactly, startingWith, writeUser } from './users';

type Connect = NonNullable<Settings['connect']>;

/** The workers, their user and its Secret. */
const NAME = 'connect';
/** The account that the operator makes for them. */
const ACCOUNT = `${NAME}-connect`;
/** Everything that workers keep in the cluster starts so; no team can be called so. */
const OWN = '_connect.';
const CONTROL = `${OWN}iceberg-control`;

/** Workers that land topics in tables, exactly once: a table and the place in its topic are committed together. */
export function writeConnect(
  chart: ComponentChart,
  settings: Settings,
  connect: Connect,
  compute: RoleCompute,
): void {
  const { site } = chart;
  const problems = connect.sinks.flatMap((sink, index) => sinkProblems(sink, index, settings));
  if (problems.length > 0) throw new InputError(problems);
  const pods = chart.pods('connect');
  const catalog = catalogOf(chart, connect);
  const identity = chart.grant(pods, ACCOUNT, 'read-write', ...catalog.buckets);
  chart.useApiServer(pods);
  const { host, port } = chart.connect(bootstrap, pods);
  // Workers hand requests to the one that leads; the operator makes connectors by the same port.
  chart.allow(pods, pods, PORTS.workers);
  chart.allow(chart.pods('operator'), pods, PORTS.workers);
  writeConnectUser(chart, connect);
  const { replication, minInsync } = durabilityOf(settings);
  writeTopic(chart, 'connect-iceberg-control', {
    topicName: CONTROL,
    partitions: 1,
    replicas: replication,
    config: { 'min.insync.replicas': minInsync },
  });
  const annotations = identity.serviceAccountAnnotations;
  new KafkaConnect(chart, 'connect', {
    metadata: {
      name: NAME,
      namespace: chart.home,
      annotations: { 'strimzi.io/use-connector-resources': 'true' },
    },
    spec: {
      version: versions.kafka,
      replicas: compute.pods.min,
      bootstrapServers: `${host}:${port}`,
      groupId: `${OWN}workers`,
      configStorageTopic: `${OWN}configs`,
      offsetStorageTopic: `${OWN}offsets`,
      statusStorageTopic: `${OWN}status`,
      tls: {
        trustedCertificates: [{ secretName: SECRETS.authority.name, pattern: '*.crt' }],
      },
      authentication: {
        type: 'scram-sha-512',
        username: NAME,
        passwordSecret: { secretName: NAME, password: SECRETS.user.password },
      },
      config: workerConfig(replication),
      resources: resources(compute),
      metricsConfig: { type: 'strimziMetricsReporter', values: { allowList: ['.*'] } },
      plugins: [
        {
          name: 'iceberg',
          artifacts: [{ type: 'image', reference: site.image(connect.plugin), pullPolicy: 'IfNotPresent' }],
        },
      ],
      template: {
        // Data files are written there before they are sent.
        pod: podTemplate(chart, 'connect', 'batch', { tmpDirSizeLimit: '512Mi' }, identity),
        connectContainer: container(identity.env.length > 0 ? { env: [...identity.env] } : {}),
        ...(Object.keys(annotations).length > 0 ? { serviceAccount: { metadata: { annotations } } } : {}),
      },
    },
  });
  for (const sink of connect.sinks) writeSink(chart, catalog, sink);
  const [first, ...others] = connect.sinks.map((sink) => ({
    group: sinkGroup(sink),
    topic: topicName(sink.team, sink.topic),
  }));
  const { min, max } = compute.pods;
  if (first && min < max) scaleWorkers(chart, NAME, compute.pods, [first, ...others]);
}

const workerConfig = (replication: number): Config => ({
  'config.storage.replication.factor': replication,
  'offset.storage.replication.factor': replication,
  'status.storage.replication.factor': replication,
  'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
  'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
  'value.converter.schemas.enable': false,
  // So often a sink whose topic is quiet looks whether it is to commit; by default only once a minute.
  'offset.flush.interval.ms': 10_000,
  // A worker on a spot node that is gone is missed soon, and one that comes back gets its consumers back.
  'session.timeout.ms': 10_000,
  'scheduled.rebalance.max.delay.ms': 60_000,
});

/** What workers keep themselves, and what their sinks read. */
function writeConnectUser(chart: ComponentChart, { sinks }: Connect): void {
  const topics = new Set(sinks.map(({ team, topic }) => topicName(team, topic)));
  writeUser(chart, NAME, [
    startingWith('topic', OWN, 'Create', 'Describe', 'DescribeConfigs', 'Read', 'Write'),
    startingWith('group', OWN, 'Read', 'Describe'),
    startingWith('transactionalId', OWN, 'Write', 'Describe'),
    // Each sink is a group of its own: connect-<name>.
    startingWith('group', 'connect-', 'Read', 'Describe'),
    ...[...topics].map((topic) => exactly('topic', topic, 'Read', 'Describe')),
  ]);
}

/** The name of a sink's connector. */
const sinkName = ({ team, topic }: SinkSettings): string => `${topicName(team, topic)}.iceberg`;

/** The consumer group of a sink, by whose lag workers are scaled. */
const sinkGroup = (sink: SinkSettings): string => `connect-${sinkName(sink)}`;

function writeSink(chart: ComponentChart, catalog: Catalog, sink: SinkSettings): void {
  const name = sinkName(sink);
  new KafkaConnector(chart, `sink-${name}`, {
    metadata: {
      name,
      namespace: chart.home,
      labels: { 'strimzi.io/cluster': NAME },
      // A table that cannot be written must not hold up the components that come after this one.
      annotations: { 'argocd.argoproj.io/ignore-healthcheck': 'true' },
    },
    spec: {
      class: 'org.apache.iceberg.connect.IcebergSinkConnector',
      tasksMax: sink.tasks,
      autoRestart: { enabled: true },
      config: {
        topics: topicName(sink.team, sink.topic),
        'iceberg.tables': sink.table,
        'iceberg.tables.auto-create-enabled': true,
        'iceberg.tables.evolve-schema-enabled': true,
        'iceberg.control.topic': CONTROL,
        'iceberg.control.group-id-prefix': `${OWN}${name}`,
        'iceberg.coordinator.transactional.prefix': OWN,
        'iceberg.control.commit.interval-ms': Math.round(sink.commitMinutes * 60_000),
        ...catalogConfig(chart.site, catalog),
      },
    },
  });
}

/** The catalog and how files are written; who the workers are comes from their environment. */
function catalogConfig(site: Site, { uri, warehouse }: Catalog): Config {
  const { client } = site.cloud.objectStore;
  const common: Config = {
    'iceberg.catalog.type': 'rest',
    'iceberg.catalog.uri': uri,
    ...(warehouse === undefined ? {} : { 'iceberg.catalog.warehouse': warehouse }),
  };
  switch (client.protocol) {
    case 's3':
      return {
        ...common,
        'iceberg.catalog.io-impl': 'org.apache.iceberg.aws.s3.S3FileIO',
        'iceberg.catalog.client.region': client.region,
        'iceberg.catalog.s3.endpoint': `${client.tls ? 'https' : 'http'}://${client.endpoint}`,
        'iceberg.catalog.s3.path-style-access': client.pathStyle,
      };
    case 'azure':
      return { ...common, 'iceberg.catalog.io-impl': 'org.apache.iceberg.azure.adlsv2.ADLSFileIO' };
    case 'gcs':
      return { ...common, 'iceberg.catalog.io-impl': 'org.apache.iceberg.gcp.gcs.GCSFileIO' };
  }
}

interface Catalog {
  readonly uri: string;
  readonly warehouse?: string;
  /** Where its tables lie. */
  readonly buckets: readonly Bucket[];
}

/**
 * The catalog that is named, or the one of the site; the way to it is opened.
 * @throws InputError where there is neither
 */
function catalogOf(chart: ComponentChart, { catalog, warehouse }: Connect): Catalog {
  const { site } = chart;
  const pods = chart.pods('connect');
  if (catalog !== undefined) {
    const { port, protocol } = new URL(catalog);
    const ports = [Number(port) || (protocol === 'https:' ? 443 : 80)];
    chart.reach(pods, { name: 'catalog', cidrs: ['0.0.0.0/0'], ports });
    return { uri: catalog, warehouse: warehouse ?? site.uri('curated'), buckets: ['curated'] };
  }
  const address = chart.connectIfOn(icebergCatalog, pods);
  if (address) {
    const uri = `${address.uri}${ICEBERG_PATH}`;
    return { uri, ...(warehouse === undefined ? {} : { warehouse }), buckets: ['curated', 'warehouse'] };
  }
  throw new InputError([
    {
      field: 'connect.catalog',
      message: 'sinks write to tables of a catalog, and this site has none: its metastore is off',
      remedy: 'turn hive on, or name a REST catalog',
    },
  ]);
}

/** What a sink reads must be a topic of the overlay, and of one sink. */
function sinkProblems(
  { team, topic }: SinkSettings,
  index: number,
  { topics, connect }: Settings,
): Problem[] {
  const same = (each: SinkSettings) => each.team === team && each.topic === topic;
  if ((connect?.sinks.findIndex(same) ?? index) < index) {
    const field = `connect.sinks[${index}].topic`;
    const message = 'is the topic of another sink, and would land twice';
    return [{ field, found: topicName(team, topic), message, remedy: 'leave one of them out' }];
  }
  if (topics.some((each) => each.team === team && each.name === topic)) return [];
  const known = topics.map((each) => topicName(each.team, each.name)).join(', ');
  return [
    {
      field: `connect.sinks[${index}].topic`,
      found: topicName(team, topic),
      message: 'there is no such topic under topics',
      remedy: known ? `write one of: ${known}` : 'add it to topics',
    },
  ];
}
