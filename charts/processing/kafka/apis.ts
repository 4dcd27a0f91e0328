import type { Apis, CustomKind } from '../../../core/component';
import type { Manifest } from '../../../core/manifest';
import type { Container, PodTemplate } from '../../../core/pods';
import type { Made, Reference } from '../../../core/references';
import type {
  ContainerTemplate,
  KafkaConnectSpec,
  KafkaNodePoolSpec,
  KafkaSpec,
  Resources,
  PodTemplate as Template,
} from '../../../imports/strimzi';
import { KAFKA_IMAGE, OPERATOR_IMAGE, PORTS, SECRETS } from './names';

const GROUP = 'kafka.strimzi.io';

/** A container as the operator makes it: ours is what is in the template and the requests. */
const container = (
  name: string,
  image: string,
  resources: Resources | undefined,
  { env, securityContext, volumeMounts }: ContainerTemplate = {},
  ports: readonly number[] = [],
): Container => ({
  name,
  image,
  ...(env ? { env } : {}),
  // Both are plain data; k8s.Container has its lists writable.
  ...(volumeMounts ? { volumeMounts: [...volumeMounts] } : {}),
  ...(securityContext ? { securityContext } : {}),
  ...(resources ? { resources } : {}),
  ports: ports.map((containerPort) => ({ containerPort })),
  // The operator gives each container probes of its own.
  readinessProbe: {},
  livenessProbe: {},
});

/**
 * A pod of the operator's. It mounts no token by itself: the operator mounts one by a volume, for an account that it
 * makes and binds to what the pod reads.
 */
function pod(
  path: string,
  { metadata, affinity, tolerations, volumes, ...template }: Template,
  containers: readonly Container[],
  initContainers: readonly Container[] = [],
): PodTemplate {
  return {
    path,
    labels: metadata?.labels ?? {},
    spec: {
      automountServiceAccountToken: false,
      ...(affinity ? { affinity } : {}),
      ...(tolerations ? { tolerations: [...tolerations] } : {}),
      ...(template.securityContext ? { securityContext: template.securityContext } : {}),
      ...(template.priorityClassName ? { priorityClassName: template.priorityClassName } : {}),
      ...(volumes ? { volumes: volumes.map((volume) => ({ ...volume })) } : {}),
      containers,
      initContainers,
    },
  };
}

// The kind tells the shape: the API server refuses such an object of any other.
const specOf = <Spec>({ spec }: Manifest): Spec => spec as unknown as Spec;

function nodePods(manifest: Manifest): PodTemplate[] {
  const { roles, replicas, resources, template } = specOf<KafkaNodePoolSpec>(manifest);
  const isBroker = roles.includes('broker');
  const ports = [
    PORTS.agent,
    PORTS.metrics,
    ...(roles.includes('controller') ? [PORTS.control] : []),
    ...(isBroker ? [PORTS.replication, PORTS.clients] : []),
  ];
  const kafka = container('kafka', KAFKA_IMAGE, resources, template.kafkaContainer, ports);
  // It reads the rack of its node, with the requests of the node itself.
  const init = isBroker ? [container('kafka-init', OPERATOR_IMAGE, resources, template.initContainer)] : [];
  return [{ ...pod('spec.template.pod', template.pod, [kafka], init), replicas }];
}

function besidePods(manifest: Manifest): PodTemplate[] {
  const { entityOperator, cruiseControl, kafkaExporter } = specOf<KafkaSpec>(manifest);
  const { template, topicOperator, userOperator } = entityOperator;
  const pods = [
    pod('spec.entityOperator.template.pod', template.pod, [
      container(
        'topic-operator',
        OPERATOR_IMAGE,
        topicOperator.resources,
        template.topicOperatorContainer,
        [8080],
      ),
      container(
        'user-operator',
        OPERATOR_IMAGE,
        userOperator.resources,
        template.userOperatorContainer,
        [8081],
      ),
    ]),
  ];
  if (cruiseControl) {
    const { template: of, resources } = cruiseControl;
    pods.push(
      pod('spec.cruiseControl.template.pod', of.pod, [
        container('cruise-control', KAFKA_IMAGE, resources, of.cruiseControlContainer, [
          PORTS.rebalance,
          PORTS.metrics,
        ]),
      ]),
    );
  }
  if (kafkaExporter) {
    const { template: of, resources } = kafkaExporter;
    pods.push(
      pod('spec.kafkaExporter.template.pod', of.pod, [
        container('kafka-exporter', KAFKA_IMAGE, resources, of.container, [PORTS.metrics]),
      ]),
    );
  }
  return pods.map((each) => ({ ...each, replicas: 1 }));
}

function workerPods(manifest: Manifest): PodTemplate[] {
  const { replicas, resources, template } = specOf<KafkaConnectSpec>(manifest);
  const worker = container('connect', KAFKA_IMAGE, resources, template.connectContainer, [
    PORTS.workers,
    PORTS.metrics,
  ]);
  return [{ ...pod('spec.template.pod', template.pod, [worker]), replicas }];
}

/** What the label `strimzi.io/cluster` names: a cluster, or the workers of a connector. */
const labelled =
  (kind: 'Kafka' | 'KafkaConnect') =>
  ({ metadata }: Manifest): Reference[] => [
    {
      group: GROUP,
      kind,
      namespace: metadata.namespace,
      name: metadata.labels?.['strimzi.io/cluster'] ?? '',
      path: 'metadata.labels["strimzi.io/cluster"]',
    },
  ];

const secret = (namespace: string | undefined, name: string, path: string, key?: string): Reference => ({
  group: '',
  kind: 'Secret',
  namespace,
  name,
  path,
  key,
});

function poolReferences(manifest: Manifest): Reference[] {
  const { volumes } = specOf<KafkaNodePoolSpec>(manifest).storage;
  const classes = volumes.map(({ class: name, id }) => ({
    group: 'storage.k8s.io',
    kind: 'StorageClass',
    namespace: undefined,
    name,
    path: `spec.storage.volumes[${id}].class`,
  }));
  return [...labelled('Kafka')(manifest), ...classes];
}

function clusterReferences(manifest: Manifest): Reference[] {
  const { namespace } = manifest.metadata;
  const { cruiseControl } = specOf<KafkaSpec>(manifest);
  const templates = (cruiseControl?.autoRebalance ?? []).flatMap(({ mode, template }) =>
    template
      ? [
          {
            group: GROUP,
            kind: 'KafkaRebalance',
            namespace,
            name: template.name,
            path: `spec.cruiseControl.autoRebalance[${mode}].template`,
          },
        ]
      : [],
  );
  const metrics = cruiseControl?.metricsConfig;
  if (metrics?.type !== 'jmxPrometheusExporter') return templates;
  const { name } = metrics.valueFrom.configMapKeyRef;
  const path = 'spec.cruiseControl.metricsConfig';
  return [...templates, { group: '', kind: 'ConfigMap', namespace, name, path }];
}

function workerReferences(manifest: Manifest): Reference[] {
  const { namespace } = manifest.metadata;
  const { authentication, tls } = specOf<KafkaConnectSpec>(manifest);
  const { secretName, password } = authentication.passwordSecret;
  return [
    secret(namespace, secretName, 'spec.authentication.passwordSecret', password),
    ...tls.trustedCertificates.map((each) =>
      secret(namespace, each.secretName, 'spec.tls.trustedCertificates'),
    ),
  ];
}

/** A Secret with what clients need to trust the brokers. */
const authority = ({ metadata: { namespace, name } }: Manifest): Made[] => [
  {
    group: '',
    kind: 'Secret',
    namespace,
    name: `${name}-cluster-ca-cert`,
    keys: [SECRETS.authority.certificate],
  },
];

/** A Secret of the user's own name. */
const credentials = ({ metadata: { namespace, name } }: Manifest): Made[] => [
  { group: '', kind: 'Secret', namespace, name, keys: [SECRETS.user.password, SECRETS.user.jaas] },
];

const namespaced: CustomKind = { scope: 'Namespaced' };
const ofCluster: CustomKind = { ...namespaced, references: labelled('Kafka') };

/** The kinds that the operator's CRDs bring. */
export const apis: readonly Apis[] = [
  {
    group: GROUP,
    kinds: {
      Kafka: { ...namespaced, pods: besidePods, references: clusterReferences, makes: authority },
      KafkaNodePool: { ...namespaced, pods: nodePods, references: poolReferences },
      KafkaTopic: ofCluster,
      KafkaUser: { ...ofCluster, makes: credentials },
      KafkaRebalance: namespaced,
      KafkaConnect: { ...namespaced, pods: workerPods, references: workerReferences },
      KafkaConnector: { ...namespaced, references: labelled('KafkaConnect') },
    },
  },
  { group: 'core.strimzi.io', kinds: { StrimziPodSet: namespaced } },
];
