import type { ComponentChart } from '../../../core/chart';
import { InputError, type Problem } from '../../../core/problem';
import { parseQuantity } from '../../../core/quantity';
import type { Site } from '../../../core/site';
import { type Config, KafkaTopic, type KafkaTopicSpec } from '../../../imports/strimzi';
import { durabilityOf } from './broker-config';
import { KEPT, ofCluster, teamPrefix } from './names';
import { outageProblem } from './outage';
import type { Settings, TopicSettings } from './settings';

const HOUR_MS = 3_600_000;

/** The name that brokers and clients know a topic of a team by. */
export const topicName = (team: string, name: string): string => `${teamPrefix(team)}${name}`;

/** A topic, in the namespace in which the operator looks for them, whichever component asks for it. */
export function writeTopic(chart: ComponentChart, name: string, spec: KafkaTopicSpec): void {
  new KafkaTopic(chart, `topic-${name}`, {
    metadata: { name, namespace: 'kafka', labels: { ...ofCluster }, annotations: { ...KEPT } },
    spec,
  });
}

/**
 * The topics of the overlay.
 * @throws InputError with everything that is wrong with them
 */
export function writeTopics(chart: ComponentChart, settings: Settings): void {
  const problems = settings.topics.flatMap((topic, index) =>
    problemsOf(topic, `topics[${index}]`, settings, chart.site),
  );
  problems.push(...duplicates(settings));
  if (problems.length > 0) throw new InputError(problems);
  for (const topic of settings.topics) {
    const { team, name, readers } = topic;
    writeTopic(chart, topicName(team, name), specOf(topic, settings));
    chart.recorded.topics.push({ team, name, readers });
  }
}

function specOf(topic: TopicSettings, settings: Settings): KafkaTopicSpec {
  const { replication, minInsync } = durabilityOf(settings, topic.replication);
  return {
    partitions: topic.partitions,
    replicas: replication,
    config: { 'min.insync.replicas': topic.minInsync ?? minInsync, ...lifeOf(topic) },
  };
}

/** How long messages stay, and where. */
export function lifeOf(
  topic: Pick<TopicSettings, 'cleanup' | 'retentionHours'> &
    Partial<Pick<TopicSettings, 'retentionBytes' | 'localHours'>>,
): Config {
  const { cleanup, retentionHours, retentionBytes, localHours } = topic;
  return {
    'cleanup.policy': cleanup,
    ...(cleanup === 'compact' ? {} : { 'retention.ms': Math.round(retentionHours * HOUR_MS) }),
    ...(retentionBytes === undefined ? {} : { 'retention.bytes': parseQuantity(retentionBytes) }),
    ...(localHours === undefined
      ? {}
      : { 'remote.storage.enable': true, 'local.retention.ms': Math.round(localHours * HOUR_MS) }),
  };
}

function problemsOf(topic: TopicSettings, path: string, settings: Settings, site: Site): Problem[] {
  const { brokers, tiered } = settings;
  const problems: Problem[] = [];
  const broken = (field: string, found: unknown, message: string, remedy: string) =>
    problems.push({ field: `${path}.${field}`, found, message, remedy });
  const { replication, minInsync } = { ...durabilityOf(settings, topic.replication), ...pinned(topic) };
  if (replication > brokers.count) {
    broken(
      'replication',
      replication,
      `is above the ${brokers.count} brokers of the site, and each holds a message once`,
      `write ${brokers.count} or less, or raise brokers.count`,
    );
  }
  if (minInsync > replication) {
    broken(
      'minInsync',
      minInsync,
      `is above the replication of ${replication}, so nothing could ever be written`,
      `write ${Math.max(1, replication - 1)}`,
    );
  } else if (minInsync === replication && replication > 1) {
    broken(
      'minInsync',
      minInsync,
      `is the replication itself, so nothing can be written while one broker restarts`,
      `write ${replication - 1}, or raise the replication`,
    );
  }
  const names = site.teams.map(({ name }) => name);
  const unknown = [
    ['team', topic.team] as const,
    ...topic.readers.map((reader, at) => [`readers[${at}]`, reader] as const),
  ].filter(([, name]) => !names.includes(name));
  for (const [field, name] of unknown) {
    broken(field, name, 'there is no such team', `write one of: ${names.join(', ')}`);
  }
  if (topic.cleanup !== 'compact') {
    problems.push(...outageProblem(path, 'outageHours', topic.retentionHours, topic.outageHours));
  }
  if (topic.localHours !== undefined) problems.push(...tierProblems(topic, path, tiered !== undefined));
  return problems;
}

const pinned = ({ minInsync }: TopicSettings) => (minInsync === undefined ? {} : { minInsync });

function tierProblems(topic: TopicSettings, path: string, isTiered: boolean): Problem[] {
  const { localHours: found, retentionHours, cleanup } = topic;
  const field = `${path}.localHours`;
  if (!isTiered) {
    return [
      {
        field,
        found,
        message: 'moves messages to the object store, which brokers of this site have no plugin for',
        remedy: 'name one under tiered.plugin, or leave it out',
      },
    ];
  }
  if (cleanup !== 'delete') {
    const message = `cannot be had together with cleanup "${cleanup}": Kafka tiers no compacted topics`;
    return [{ field, found, message, remedy: 'leave it out, or write cleanup: "delete"' }];
  }
  if (found !== undefined && found > retentionHours) {
    const message = `is above the retention of ${retentionHours} hours, after which messages are gone`;
    return [{ field, found, message, remedy: `write ${retentionHours} or less` }];
  }
  return [];
}

function duplicates({ topics }: Settings): Problem[] {
  const names = topics.map(({ team, name }) => topicName(team, name));
  return names.flatMap((found, index) =>
    names.indexOf(found) < index
      ? [
          {
            field: `topics[${index}].name`,
            found,
            message: 'two topics have this name',
            remedy: 'rename one of them',
          },
        ]
      : [],
  );
}
