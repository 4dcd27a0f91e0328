import type { ComponentChart } from '../../../core/chart';
import type { Endpoint } from '../../../core/endpoint';
import {
  ScaledObjectSpecTriggersAuthenticationRefKind as AuthenticationKind,
  type ScaledObjectSpecTriggers,
} from '../../../imports/scaledobject-keda.sh';
import { SCALER_PODS } from './endpoints';

/** Something by which replicas are scaled; connects KEDA with its source. */
export type Trigger = (chart: ComponentChart) => ScaledObjectSpecTriggers;

/** CPU that replicas use of what they request, on average: percent. It cannot bring up the first one. */
export const cpu =
  (percent = 70): Trigger =>
  () => ({ type: 'cpu', metricType: 'Utilization', metadata: { value: String(percent) } });

export interface CronProps {
  /** Cron expressions of the beginning and of the end. */
  readonly start: string;
  readonly end: string;
  /** Name of the time zone, such as `Europe/Vienna`. Default: UTC. */
  readonly timezone?: string;
  /** Least replicas in between. */
  readonly replicas: number;
}

/** At least so many replicas at certain hours. */
export const cron =
  ({ start, end, timezone = 'Etc/UTC', replicas }: CronProps): Trigger =>
  () => ({ type: 'cron', metadata: { timezone, start, end, desiredReplicas: String(replicas) } });

export interface KafkaLagProps {
  /** The listener that KEDA connects to. */
  readonly bootstrap: Endpoint;
  readonly group: string;
  readonly topic: string;
  /** Messages that one replica may have before it. */
  readonly lag: number;
  /** Name of the ClusterTriggerAuthentication that has what the listener asks for; see {@link authentication}. */
  readonly authentication?: string;
}

/** Messages that a consumer group has not read yet; there are never more replicas than partitions. */
export const kafkaLag =
  ({ bootstrap, group, topic, lag, authentication: name }: KafkaLagProps): Trigger =>
  (chart) => {
    const { host, port } = chart.connect(bootstrap, SCALER_PODS);
    return {
      type: 'kafka',
      metadata: {
        bootstrapServers: `${host}:${port}`,
        consumerGroup: group,
        topic,
        lagThreshold: String(lag),
        // A group that has never read starts with the oldest message, so all of them count.
        offsetResetPolicy: 'earliest',
        // A message that nobody can read would otherwise hold up replicas for ever.
        excludePersistentLag: 'true',
      },
      ...(name
        ? { authenticationRef: { kind: AuthenticationKind.CLUSTER_TRIGGER_AUTHENTICATION, name } }
        : {}),
    };
  };

export interface PrometheusProps {
  readonly server: Endpoint;
  /** PromQL with one number as its answer. */
  readonly query: string;
  /** What one replica can bear of it. */
  readonly threshold: number;
  /** Above which the first replica is started, where the scale begins at zero. Default: 0. */
  readonly activation?: number;
}

/** The answer of a query. */
export const prometheus =
  ({ server, query, threshold, activation }: PrometheusProps): Trigger =>
  (chart) => ({
    type: 'prometheus',
    metadata: {
      serverAddress: chart.connect(server, SCALER_PODS).uri,
      query,
      threshold: String(threshold),
      ...(activation === undefined ? {} : { activationThreshold: String(activation) }),
      // No answer is no reason to stop everything.
      ignoreNullValues: 'false',
    },
  });
