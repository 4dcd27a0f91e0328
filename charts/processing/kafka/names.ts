import { versions } from '../../../versions';

/** The cluster of a site; what the operator makes is called after it. */
export const CLUSTER = 'lake';

/** Label by which topics, users and nodes belong to the cluster, and connectors to their workers. */
export const ofCluster = { 'strimzi.io/cluster': CLUSTER } as const;

/** Objects with which messages would go: they stay in the cluster when they vanish from dist, until somebody deletes them. */
export const KEPT = { 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false' } as const;

/** Secrets that the operators make, and their keys. */
export const SECRETS = {
  /** The authority that signs certificates of the brokers. */
  authority: { name: `${CLUSTER}-cluster-ca-cert`, certificate: 'ca.crt' },
  /** A user has one of its own name. */
  user: { password: 'password', jaas: 'sasl.jaas.config' },
} as const;

/**
 * Ports of the pods, which the operator fixes: `control` between controllers, `replication` between brokers and for
 * what runs beside them, `agent` for the operator; `clients` is the listener that everybody else uses.
 */
export const PORTS = {
  control: 9090,
  replication: 9091,
  clients: 9093,
  agent: 8443,
  metrics: 9404,
  /** Of Cruise Control and of the workers of Kafka Connect. */
  rebalance: 9090,
  workers: 8083,
} as const;

/** Brokers, controllers, workers and what runs beside them. */
export const KAFKA_IMAGE = `quay.io/strimzi/kafka:${versions.strimzi}-kafka-${versions.kafka}`;
export const OPERATOR_IMAGE = `quay.io/strimzi/operator:${versions.strimzi}`;

/** The metadata version of the pinned Kafka: raised by hand after an upgrade, since there is no way back. */
export const METADATA_VERSION = '4.3-IV0';

/** The user of a team's jobs, by the team's namespace. */
export const teamUser = (namespace: string): string => namespace;

/**
 * The Secret in the namespace of each team by which its jobs connect: `sasl.jaas.config` and `password` of the team's
 * user, and `ca.crt`, the authority of the brokers.
 */
export const TEAM_SECRET = { name: 'kafka', keys: ['sasl.jaas.config', 'password', 'ca.crt'] } as const;

/** A topic, a group or a transaction of a team starts so; names of teams have no dot. */
export const teamPrefix = (team: string): string => `${team}.`;
