import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import { serviceAccount } from '../../../core/rbac';
import { service } from '../../../core/service';
import { deployment } from '../../../core/workload';
import { versions } from '../../../versions';
import { durabilityOf } from './broker-config';
import { SCHEMA_REGISTRY } from './compute';
import { bootstrap, schemaRegistry } from './endpoints';
import { SECRETS } from './names';
import type { Settings } from './settings';
import { writeTopic } from './topics';
import { exactly, startingWith, writeUser } from './users';

const NAME = schemaRegistry.service;
const CERTIFICATES = '/etc/kafka-ca';
/** The topic that holds all schemas, in the format that other registries read too. */
const TOPIC = '_schemas';

/** Schemas of messages, kept in a topic of the cluster: one of the pods writes, all of them answer. */
export function writeSchemaRegistry(chart: ComponentChart, settings: Settings): void {
  const { replication, minInsync } = durabilityOf(settings);
  writeUser(chart, NAME, [
    exactly('topic', TOPIC, 'Read', 'Write', 'Describe', 'DescribeConfigs'),
    startingWith('group', NAME, 'Read', 'Describe'),
  ]);
  writeTopic(chart, 'schemas', {
    topicName: TOPIC,
    // Its order is the order of versions.
    partitions: 1,
    replicas: replication,
    config: { 'cleanup.policy': 'compact', 'min.insync.replicas': minInsync },
  });
  serviceAccount(chart, { name: NAME });
  service(chart, NAME, 'schema-registry', { http: { port: schemaRegistry.port } });
  const { host, port } = chart.connect(bootstrap, chart.pods('schema-registry'));
  // Schemas that one pod is sent are handed to the one that writes.
  chart.allow(chart.pods('schema-registry'), chart.pods('schema-registry'), schemaRegistry.port);
  const health: k8s.Probe = {
    httpGet: { path: '/_health', port: k8s.IntOrString.fromString('http') },
    periodSeconds: 10,
  };
  const values: Record<string, string> = {
    KARAPACE_KARAPACE_REGISTRY: 'true',
    KARAPACE_HOST: '0.0.0.0',
    KARAPACE_PORT: String(schemaRegistry.port),
    KARAPACE_ADVERTISED_PROTOCOL: 'http',
    KARAPACE_ADVERTISED_PORT: String(schemaRegistry.port),
    KARAPACE_BOOTSTRAP_URI: `${host}:${port}`,
    KARAPACE_SECURITY_PROTOCOL: 'SASL_SSL',
    KARAPACE_SASL_MECHANISM: 'SCRAM-SHA-512',
    KARAPACE_SASL_PLAIN_USERNAME: NAME,
    KARAPACE_SSL_CAFILE: `${CERTIFICATES}/${SECRETS.authority.certificate}`,
    KARAPACE_GROUP_ID: NAME,
    KARAPACE_TOPIC_NAME: TOPIC,
    KARAPACE_REPLICATION_FACTOR: String(replication),
    KARAPACE_PRODUCER_ACKS: 'all',
    // Readers of older messages can do with a newer schema, and writers that are behind are still read.
    KARAPACE_COMPATIBILITY: 'BACKWARD',
    KARAPACE_LOG_LEVEL: 'INFO',
    KARAPACE_PROTOBUF_RUNTIME_DIRECTORY: '/tmp/runtime',
  };
  deployment(chart, {
    name: NAME,
    role: 'schema-registry',
    image: `ghcr.io/aiven-open/karapace:${versions.karapace}`,
    command: ['python3', '-m', 'karapace'],
    env: [
      ...Object.entries(values).map(([name, value]) => ({ name, value })),
      // Its peers reach it there.
      { name: 'KARAPACE_ADVERTISED_HOSTNAME', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      {
        name: 'KARAPACE_SASL_PLAIN_PASSWORD',
        valueFrom: { secretKeyRef: { name: NAME, key: SECRETS.user.password } },
      },
    ],
    ports: { http: schemaRegistry.port },
    // It reads all schemas first.
    startupProbe: { ...health, failureThreshold: 60 },
    readinessProbe: health,
    livenessProbe: health,
    resources: SCHEMA_REGISTRY,
    serviceAccount: NAME,
    apiServer: false,
    priority: 'serving',
    replicas: SCHEMA_REGISTRY.pods,
    mounts: [
      {
        name: 'authority',
        path: CERTIFICATES,
        source: {
          secret: {
            secretName: SECRETS.authority.name,
            items: [{ key: SECRETS.authority.certificate, path: SECRETS.authority.certificate }],
          },
        },
      },
      { name: 'tmp', path: '/tmp', source: { emptyDir: {} } },
    ],
    // The image names its user.
    user: 1000,
  });
}
