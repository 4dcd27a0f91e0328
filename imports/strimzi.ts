import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';

/** Requests and limits, as text. */
export interface Resources {
  readonly requests?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, string>>;
}

interface Labelled {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What the operator adds to the pods that it makes. */
export interface PodTemplate {
  readonly metadata?: Labelled;
  readonly securityContext?: k8s.PodSecurityContext;
  readonly affinity?: k8s.Affinity;
  readonly tolerations?: readonly k8s.Toleration[];
  readonly topologySpreadConstraints?: readonly k8s.TopologySpreadConstraint[];
  readonly priorityClassName?: string;
  readonly terminationGracePeriodSeconds?: number;
  readonly enableServiceLinks?: boolean;
  /** Size of the folder for temporary files; 5Mi by default. */
  readonly tmpDirSizeLimit?: string;
  readonly volumes?: readonly (
    | { readonly name: string; readonly image: { readonly reference: string; readonly pullPolicy?: string } }
    | { readonly name: string; readonly secret: { readonly secretName: string } }
  )[];
}

export interface ContainerTemplate {
  readonly env?: readonly k8s.EnvVar[];
  readonly securityContext?: k8s.SecurityContext;
  readonly volumeMounts?: readonly k8s.VolumeMount[];
}

export interface JvmOptions {
  readonly javaSystemProperties?: readonly { readonly name: string; readonly value: string }[];
}

/** Where metrics come from: a part of Kafka's own reporter, or the JMX exporter with rules in a ConfigMap. */
export type MetricsConfig =
  | { readonly type: 'strimziMetricsReporter'; readonly values?: { readonly allowList: readonly string[] } }
  | {
      readonly type: 'jmxPrometheusExporter';
      readonly valueFrom: { readonly configMapKeyRef: { readonly name: string; readonly key: string } };
    };

export type Config = Readonly<Record<string, string | number | boolean>>;

export interface Listener {
  readonly name: string;
  readonly port: number;
  readonly type: 'internal';
  readonly tls: boolean;
  readonly authentication?:
    | { readonly type: 'scram-sha-512' }
    | { readonly type: 'custom'; readonly sasl: boolean; readonly listenerConfig: Config };
  readonly configuration?: { readonly bootstrap?: { readonly alternativeNames?: readonly string[] } };
}

/** An object that a template names by its name alone. */
interface Named {
  readonly name: string;
}

export interface KafkaSpec {
  readonly kafka: {
    readonly version: string;
    readonly metadataVersion: string;
    readonly image?: string;
    readonly listeners: readonly Listener[];
    readonly authorization: { readonly type: 'simple'; readonly superUsers?: readonly string[] };
    readonly rack?: { readonly type: 'topology-label'; readonly topologyKey: string };
    readonly config: Config;
    readonly jvmOptions?: JvmOptions;
    readonly metricsConfig?: MetricsConfig;
    readonly tieredStorage?: {
      readonly type: 'custom';
      readonly remoteStorageManager: {
        readonly className: string;
        readonly classPath: string;
        readonly config: Readonly<Record<string, string>>;
      };
    };
    readonly template?: {
      readonly podDisruptionBudget?: { readonly maxUnavailable: number };
      readonly serviceAccount?: { readonly metadata: Labelled };
    };
  };
  readonly entityOperator: {
    readonly topicOperator: { readonly image?: string; readonly resources: Resources };
    readonly userOperator: { readonly image?: string; readonly resources: Resources };
    readonly template: {
      readonly pod: PodTemplate;
      readonly topicOperatorContainer: ContainerTemplate;
      readonly userOperatorContainer: ContainerTemplate;
    };
  };
  readonly cruiseControl?: {
    readonly image?: string;
    readonly resources: Resources;
    readonly config?: Config;
    readonly autoRebalance?: readonly {
      readonly mode: 'add-brokers' | 'remove-brokers';
      readonly template?: Named;
    }[];
    readonly metricsConfig?: MetricsConfig;
    readonly template: { readonly pod: PodTemplate; readonly cruiseControlContainer: ContainerTemplate };
  };
  readonly kafkaExporter?: {
    readonly image?: string;
    readonly groupRegex?: string;
    readonly topicRegex?: string;
    readonly topicExcludeRegex?: string;
    readonly resources: Resources;
    readonly template: { readonly pod: PodTemplate; readonly container: ContainerTemplate };
  };
}

export type NodeRole = 'broker' | 'controller';

export interface KafkaNodePoolSpec {
  readonly replicas: number;
  readonly roles: readonly NodeRole[];
  readonly storage: {
    readonly type: 'jbod';
    readonly volumes: readonly {
      readonly id: number;
      readonly type: 'persistent-claim';
      readonly size: string;
      readonly class: string;
      readonly deleteClaim: boolean;
      readonly kraftMetadata?: 'shared';
    }[];
  };
  readonly resources: Resources;
  readonly template: {
    readonly pod: PodTemplate;
    readonly kafkaContainer: ContainerTemplate;
    readonly initContainer?: ContainerTemplate;
  };
}

export interface KafkaTopicSpec {
  /** Where it differs from the object's name. */
  readonly topicName?: string;
  readonly partitions?: number;
  /** The cluster's default where it is not said. */
  readonly replicas?: number;
  readonly config?: Config;
}

export type Operation =
  | 'All'
  | 'Alter'
  | 'AlterConfigs'
  | 'Create'
  | 'Delete'
  | 'Describe'
  | 'DescribeConfigs'
  | 'Read'
  | 'Write';

export interface Acl {
  readonly resource:
    | {
        readonly type: 'topic' | 'group' | 'transactionalId';
        readonly name: string;
        readonly patternType: 'literal' | 'prefix';
      }
    | { readonly type: 'cluster' };
  readonly operations: readonly Operation[];
}

export interface KafkaUserSpec {
  readonly authentication: { readonly type: 'scram-sha-512' };
  readonly authorization: { readonly type: 'simple'; readonly acls: readonly Acl[] };
}

export interface KafkaRebalanceSpec {
  readonly goals?: readonly string[];
  /** Bytes a second that moving replicas may take of each broker. */
  readonly replicationThrottle?: number;
}

export interface KafkaConnectSpec {
  readonly version: string;
  readonly replicas: number;
  readonly image?: string;
  readonly bootstrapServers: string;
  readonly groupId: string;
  readonly configStorageTopic: string;
  readonly offsetStorageTopic: string;
  readonly statusStorageTopic: string;
  readonly tls: { readonly trustedCertificates: readonly { readonly secretName: string; readonly pattern: string }[] };
  readonly authentication: {
    readonly type: 'scram-sha-512';
    readonly username: string;
    readonly passwordSecret: { readonly secretName: string; readonly password: string };
  };
  readonly config: Config;
  readonly resources: Resources;
  readonly metricsConfig?: MetricsConfig;
  readonly plugins: readonly {
    readonly name: string;
    readonly artifacts: readonly { readonly type: 'image'; readonly reference: string; readonly pullPolicy?: string }[];
  }[];
  readonly template: {
    readonly pod: PodTemplate;
    readonly connectContainer: ContainerTemplate;
    readonly serviceAccount?: { readonly metadata: Labelled };
  };
}

export interface KafkaConnectorSpec {
  readonly class: string;
  readonly tasksMax: number;
  readonly autoRestart?: { readonly enabled: boolean };
  readonly config: Config;
}

interface Props<Spec> {
  readonly metadata: ApiObjectMetadata;
  readonly spec: Spec;
}

const API_VERSION = 'kafka.strimzi.io/v1';

/** A cluster: what all its nodes have in common, and what runs beside them. */
export class Kafka extends ApiObject {
  constructor(scope: Construct, id: string, props: Props<KafkaSpec>) {
    super(scope, id, { apiVersion: API_VERSION, kind: 'Kafka', ...props });
  }
}

/** Nodes of a cluster that are alike. */
export class KafkaNodePool extends ApiObject {
  constructor(scope: Construct, id: string, props: Props<KafkaNodePoolSpec>) {
    super(scope, id, { apiVersion: API_VERSION, kind: 'KafkaNodePool', ...props });
  }
}

/** A topic, kept as it says. */
export class KafkaTopic extends ApiObject {
  constructor(scope: Construct, id: string, props: Props<KafkaTopicSpec>) {
    super(scope, id, { apiVersion: API_VERSION, kind: 'KafkaTopic', ...props });
  }
}

/** A user and what it may do; its password is made in a Secret of its name. */
export class KafkaUser extends ApiObject {
  constructor(scope: Construct, id: string, props: Props<KafkaUserSpec>) {
    super(scope, id, { apiVersion: API_VERSION, kind: 'KafkaUser', ...props });
  }
}

/** How replicas are moved between brokers; as a template, what automatic moves go by. */
export class KafkaRebalance extends ApiObject {
  constructor(scope: Construct, id: string, props: Props<KafkaRebalanceSpec>) {
    super(scope, id, { apiVersion: API_VERSION, kind: 'KafkaRebalance', ...props });
  }
}

/** Workers that run connectors. */
export class KafkaConnect extends ApiObject {
  constructor(scope: Construct, id: string, props: Props<KafkaConnectSpec>) {
    super(scope, id, { apiVersion: API_VERSION, kind: 'KafkaConnect', ...props });
  }
}

/** A connector on the workers that its label names. */
export class KafkaConnector extends ApiObject {
  constructor(scope: Construct, id: string, props: Props<KafkaConnectorSpec>) {
    super(scope, id, { apiVersion: API_VERSION, kind: 'KafkaConnector', ...props });
  }
}
