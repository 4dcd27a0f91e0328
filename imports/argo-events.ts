import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';

/** What is added to a container that the controller makes. */
export interface ContainerTemplate {
  /** As text. */
  readonly resources?: {
    readonly requests: Readonly<Record<string, string>>;
    readonly limits: Readonly<Record<string, string>>;
  };
  readonly imagePullPolicy?: string;
  readonly securityContext?: k8s.SecurityContext;
}

interface Labelled {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What may be said of every pod that the controller makes. */
interface Placed {
  readonly metadata?: Labelled;
  readonly serviceAccountName?: string;
  readonly securityContext?: k8s.PodSecurityContext;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly affinity?: k8s.Affinity;
  readonly tolerations?: readonly k8s.Toleration[];
  readonly priorityClassName?: string;
}

/** The pods of an EventSource or of a Sensor. */
export interface PodTemplate extends Placed {
  readonly container?: ContainerTemplate & { readonly env?: readonly k8s.EnvVar[] };
}

export interface JetStreamBus extends Placed {
  /** One that the configuration of the controller lists. */
  readonly version: string;
  readonly replicas: number;
  readonly containerTemplate?: ContainerTemplate;
  readonly reloaderContainerTemplate?: ContainerTemplate;
  readonly metricsContainerTemplate?: ContainerTemplate;
  readonly persistence?: {
    readonly storageClassName: string;
    readonly accessMode: 'ReadWriteOnce';
    readonly volumeSize: string;
  };
  /** The part `jetstream` of the configuration of NATS, in its own words. */
  readonly settings?: string;
  /** Of the one stream that holds all events, as YAML. */
  readonly streamConfig?: string;
}

export interface EventBusSpec {
  readonly jetstream: JetStreamBus;
}

/** A key of a Secret in the namespace of the object. */
export interface SecretKey {
  readonly name: string;
  readonly key: string;
}

export interface WebhookEvent {
  /** Path, from the slash on. */
  readonly endpoint: string;
  readonly method: 'POST';
  /** TCP port, as text. */
  readonly port: string;
  readonly authSecret?: SecretKey;
}

export interface CalendarEvent {
  readonly schedule: string;
  readonly timezone: string;
  readonly persistence?: {
    readonly catchup: { readonly enabled: boolean; readonly maxDuration: string };
    readonly configMap: { readonly name: string; readonly createIfNotExist: boolean };
  };
}

export interface KafkaEvent {
  /** Host and port of a broker. */
  readonly url: string;
  readonly topic: string;
  readonly jsonBody: boolean;
  readonly version?: string;
  readonly consumerGroup: {
    readonly groupName: string;
    readonly oldest: boolean;
    readonly rebalanceStrategy: 'range' | 'sticky' | 'roundrobin';
  };
  readonly tls: { readonly caCertSecret: SecretKey };
  readonly sasl: {
    readonly mechanism: 'SCRAM-SHA-512';
    readonly userSecret: SecretKey;
    readonly passwordSecret: SecretKey;
  };
}

export interface SqsEvent {
  readonly region: string;
  readonly queue: string;
  /** Seconds that a request waits for messages; 20 at most. */
  readonly waitTimeSeconds: number;
  readonly jsonBody: boolean;
  /** Whether a message that cannot be read stays in the queue, which then hands it to a queue of dead letters. */
  readonly dlq: boolean;
}

export interface PubSubEvent {
  readonly projectID: string;
  readonly subscriptionID: string;
  readonly jsonBody: boolean;
}

export interface AzureQueueEvent {
  readonly storageAccountName: string;
  readonly queueName: string;
  readonly jsonBody: boolean;
  /** Whether messages are in Base64. */
  readonly decodeMessage: boolean;
  /** Seconds between looks into an empty queue. */
  readonly waitTimeInSeconds: number;
}

type Events<Event> = Readonly<Record<string, Event>>;

export interface EventSourceSpec {
  readonly replicas: number;
  readonly template: PodTemplate;
  readonly webhook?: Events<WebhookEvent>;
  readonly calendar?: Events<CalendarEvent>;
  readonly kafka?: Events<KafkaEvent>;
  readonly sqs?: Events<SqsEvent>;
  readonly pubSub?: Events<PubSubEvent>;
  readonly azureQueueStorage?: Events<AzureQueueEvent>;
}

export interface DataFilter {
  /** Where in the data of the event, as gjson writes paths. */
  readonly path: string;
  readonly type: 'string' | 'number';
  readonly comparator?: '>';
  /** Regular expressions for text, of which one must match. */
  readonly value: readonly string[];
}

export interface Dependency {
  readonly name: string;
  readonly eventSourceName: string;
  readonly eventName: string;
  readonly filters?: { readonly data: readonly DataFilter[] };
}

export interface Parameter {
  readonly src: {
    readonly dependencyName: string;
    readonly dataKey?: string;
    readonly dataTemplate?: string;
    readonly contextKey?: string;
    readonly contextTemplate?: string;
  };
  readonly dest: string;
  readonly operation?: 'append' | 'prepend' | 'overwrite';
}

export interface Backoff {
  readonly steps: number;
  /** Before the second step; a Go duration. */
  readonly duration: string;
  /** How much longer each wait is than the one before. */
  readonly factor: number;
  readonly jitter: number;
}

export interface Trigger {
  readonly template: {
    readonly name: string;
    /** The dependencies that must have come. */
    readonly conditions?: string;
    readonly k8s: {
      readonly operation: 'create' | 'patch';
      readonly source: { readonly resource: object };
      readonly parameters: readonly Parameter[];
    };
  };
  readonly retryStrategy: Backoff;
  readonly rateLimit?: { readonly unit: 'Minute'; readonly requestsPerUnit: number };
  /** Whether an event is only done with when its trigger is. */
  readonly atLeastOnce: true;
  readonly dlqTrigger?: Trigger;
}

export interface SensorSpec {
  readonly replicas: number;
  readonly revisionHistoryLimit?: number;
  readonly template: PodTemplate;
  readonly dependencies: readonly Dependency[];
  readonly triggers: readonly Trigger[];
}

interface Props<Spec> {
  readonly metadata: ApiObjectMetadata;
  readonly spec: Spec;
}

const API_VERSION = 'argoproj.io/v1alpha1';

/** What events of a namespace go over. */
export class EventBus extends ApiObject {
  constructor(scope: Construct, id: string, props: Props<EventBusSpec>) {
    super(scope, id, { apiVersion: API_VERSION, kind: 'EventBus', ...props });
  }
}

/** Takes events from somewhere and puts them on the bus. */
export class EventSource extends ApiObject {
  constructor(scope: Construct, id: string, props: Props<EventSourceSpec>) {
    super(scope, id, { apiVersion: API_VERSION, kind: 'EventSource', ...props });
  }
}

/** Takes events from the bus and makes something of each. */
export class Sensor extends ApiObject {
  constructor(scope: Construct, id: string, props: Props<SensorSpec>) {
    super(scope, id, { apiVersion: API_VERSION, kind: 'Sensor', ...props });
  }
}
