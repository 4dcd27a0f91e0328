import type { k8s } from 'cdk8s-plus-27';
import type { ComponentChart, RoleCompute } from '../../../core/chart';
import {
  Kafka,
  KafkaNodePool,
  type KafkaNodePoolSpec,
  type Listener,
  type NodeRole,
} from '../../../imports/strimzi';
import { versions } from '../../../versions';
import { brokerConfig } from './broker-config';
import { computeOf, ENTITY_OPERATOR, resources } from './compute';
import { bootstrap } from './endpoints';
import { CLUSTER, KEPT, METADATA_VERSION, ofCluster, PORTS } from './names';
import { oidcJvm, passwordOrToken } from './oidc';
import { rebalanceSpec } from './rebalance';
import type { Settings } from './settings';
import { container, podTemplate } from './template';
import { type Tiering, tieringOf } from './tiered';

/** The cluster: controllers and brokers apart, each on nodes of their own role, and what runs beside them. */
export function writeCluster(chart: ComponentChart, settings: Settings): void {
  const compute = computeOf(settings);
  const tiering = tieringOf(chart, settings);
  const { controllers, brokers, rack = chart.site.cloud.failureDomain } = settings;
  writeNodes(chart, 'controller', compute.controller, controllers.storage, rack);
  writeNodes(chart, 'broker', compute.broker, brokers.storage, rack, tiering);
  const { oidc } = settings;
  const annotations = tiering?.identity.serviceAccountAnnotations ?? {};
  new Kafka(chart, 'cluster', {
    metadata: { name: CLUSTER, namespace: chart.home, annotations: { ...KEPT } },
    spec: {
      kafka: {
        version: versions.kafka,
        metadataVersion: METADATA_VERSION,
        listeners: [clientListener(settings)],
        authorization: { type: 'simple' },
        rack: { type: 'topology-label', topologyKey: rack },
        config: brokerConfig(settings),
        metricsConfig: { type: 'strimziMetricsReporter', values: { allowList: ['.*'] } },
        ...(oidc ? { jvmOptions: oidcJvm(oidc) } : {}),
        ...(tiering ? { tieredStorage: tiering.storage } : {}),
        ...(Object.keys(annotations).length > 0
          ? { template: { serviceAccount: { metadata: { annotations } } } }
          : {}),
      },
      entityOperator: {
        topicOperator: { resources: resources(ENTITY_OPERATOR) },
        userOperator: { resources: resources(ENTITY_OPERATOR) },
        template: {
          pod: podTemplate(chart, 'entity-operator', 'system'),
          topicOperatorContainer: container(),
          userOperatorContainer: container(),
        },
      },
      ...rebalanceSpec(chart, compute['cruise-control']),
      ...(compute.exporter
        ? {
            kafkaExporter: {
              // What the platform itself keeps in topics is of no interest; groups of all teams are.
              topicExcludeRegex: '^_.*',
              resources: resources(compute.exporter),
              template: { pod: podTemplate(chart, 'exporter', 'system'), container: container() },
            },
          }
        : {}),
    },
  });
}

/** Names that clients connect by, beside those that the operator makes. */
const names = (): string[] => {
  const { service, component } = bootstrap;
  return [`${service}.${component}.svc`, `${service}.${component}.svc.cluster.local`];
};

const clientListener = ({ oidc }: Settings): Listener => ({
  name: 'clients',
  port: PORTS.clients,
  type: 'internal',
  tls: true,
  authentication: oidc ? passwordOrToken(oidc) : { type: 'scram-sha-512' },
  configuration: { bootstrap: { alternativeNames: names() } },
});

function writeNodes(
  chart: ComponentChart,
  role: NodeRole,
  compute: RoleCompute | undefined,
  storage: string,
  rack: string,
  tiering?: Tiering,
): void {
  if (!compute) return;
  const spec: KafkaNodePoolSpec = {
    replicas: compute.pods.typical,
    roles: [role],
    storage: {
      type: 'jbod',
      volumes: [
        {
          id: 0,
          type: 'persistent-claim',
          size: storage,
          class: chart.site.cloud.blockStorage.name,
          // Messages outlive whoever deletes the cluster by mistake.
          deleteClaim: false,
          kraftMetadata: 'shared',
        },
      ],
    },
    resources: resources(compute),
    template: {
      pod: podTemplate(
        chart,
        role,
        'serving',
        {
          topologySpreadConstraints: overRacks(chart.podLabels(role), rack),
          // Long enough to hand over leadership and to write down what is in memory.
          terminationGracePeriodSeconds: 120,
          // Compression libraries unpack themselves there.
          tmpDirSizeLimit: '100Mi',
          ...(tiering ? { volumes: [tiering.volume] } : {}),
        },
        tiering?.identity,
      ),
      kafkaContainer: container(
        tiering ? { volumeMounts: [tiering.mount], env: [...tiering.identity.env] } : {},
      ),
      ...(role === 'broker' ? { initContainer: container() } : {}),
    },
  };
  new KafkaNodePool(chart, `nodes-${role}`, {
    metadata: { name: role, namespace: chart.home, labels: { ...ofCluster }, annotations: { ...KEPT } },
    spec,
  });
}

/** Nodes of one role are over racks as evenly as can be, or wait: two in one rack may be lost together. */
const overRacks = (
  labels: Readonly<Record<string, string>>,
  rack: string,
): k8s.TopologySpreadConstraint[] => [
  {
    maxSkew: 1,
    topologyKey: rack,
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector: { matchLabels: { ...labels } },
  },
];
