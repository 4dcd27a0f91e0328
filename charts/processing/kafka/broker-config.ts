import type { Config } from '../../../imports/strimzi';
import type { Settings } from './settings';

/** Replicas of a topic that says nothing of it, and how many of them must have a message. */
export interface Durability {
  readonly replication: number;
  readonly minInsync: number;
}

/** Three replicas, of which one may be missing; fewer where there are fewer brokers. */
export function durabilityOf({ brokers }: Settings, replication = Math.min(3, brokers.count)): Durability {
  return { replication, minInsync: Math.max(1, replication - 1) };
}

/** What brokers and controllers are told beside listeners, certificates and identities, which the operator adds. */
export function brokerConfig(settings: Settings): Config {
  const { replication, minInsync } = durabilityOf(settings);
  return {
    // A name that is misspelt is an error, not a topic.
    'auto.create.topics.enable': false,
    'default.replication.factor': replication,
    'min.insync.replicas': minInsync,
    'offsets.topic.replication.factor': replication,
    'transaction.state.log.replication.factor': replication,
    'transaction.state.log.min.isr': minInsync,
    'share.coordinator.state.topic.replication.factor': replication,
    'share.coordinator.state.topic.min.isr': minInsync,
    // A consumer that says where it is reads from a replica there, and pays for no traffic between zones.
    'replica.selector.class': 'org.apache.kafka.common.replica.RackAwareReplicaSelector',
    ...(settings.tiered ? { 'rlmm.config.remote.log.metadata.topic.replication.factor': replication } : {}),
  };
}
