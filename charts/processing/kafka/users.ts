import type { ComponentChart } from '../../../core/chart';
import { type Acl, KafkaUser, type Operation } from '../../../imports/strimzi';
import { ofCluster, teamPrefix, teamUser } from './names';
import type { Settings } from './settings';
import { topicName } from './topics';

type Resource = 'topic' | 'group' | 'transactionalId';

const acl = (
  type: Resource,
  patternType: 'literal' | 'prefix',
  name: string,
  ...operations: readonly Operation[]
): Acl => ({ resource: { type, name, patternType }, operations });

/** What is called so, and nothing else. */
export const exactly = (type: Resource, name: string, ...operations: readonly Operation[]): Acl =>
  acl(type, 'literal', name, ...operations);

/** Everything whose name starts so. */
export const startingWith = (type: Resource, prefix: string, ...operations: readonly Operation[]): Acl =>
  acl(type, 'prefix', prefix, ...operations);

/**
 * A user with a password that the operator makes, and what it may do; in the namespace in which the operator looks for
 * them, whichever component asks for it.
 */
export function writeUser(chart: ComponentChart, name: string, acls: readonly Acl[]): void {
  new KafkaUser(chart, `user-${name}`, {
    metadata: { name, namespace: 'kafka', labels: { ...ofCluster } },
    spec: { authentication: { type: 'scram-sha-512' }, authorization: { type: 'simple', acls } },
  });
}

/** A user for the jobs of each team: its own topics, groups and transactions, and what other teams let it read. */
export function writeTeamUsers(chart: ComponentChart, { topics }: Settings): void {
  for (const { name: team, namespace } of chart.site.teams) {
    const prefix = teamPrefix(team);
    const lent = topics.filter(({ readers }) => readers.includes(team));
    writeUser(chart, teamUser(namespace), [
      startingWith('topic', prefix, 'Read', 'Write', 'Describe', 'DescribeConfigs'),
      startingWith('group', prefix, 'Read', 'Describe', 'Delete'),
      startingWith('transactionalId', prefix, 'Write', 'Describe'),
      ...lent.map((topic) =>
        exactly('topic', topicName(topic.team, topic.name), 'Read', 'Describe', 'DescribeConfigs'),
      ),
    ]);
  }
}
