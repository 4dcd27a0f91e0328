import type { ComponentChart } from '../../../core/chart';
import { serviceAccount } from '../../../core/rbac';
import { EventSource } from '../../../imports/argo-events';
import { versions } from '../../../versions';
import { bootstrap, exactly, SECRETS, topicName, userSecret, writeUser } from '../kafka';
import { common, type Event, safe } from './event';
import { AFTER_BUS, SOURCES } from './names';
import type { Settings } from './settings';
import { program } from './template';

const NAME = SOURCES.topics;

/** The user and its Secret, whose password the operator of Kafka makes; its groups start so too, with a dot. */
const USER = 'argo-events';
const USERNAME = 'username';

/** Messages of topics. Where a consumer has come to is kept in Kafka, so none is lost while there is no pod. */
export function writeTopicEvents(chart: ComponentChart, { topics }: Settings): readonly Event[] {
  if (topics.length === 0) return [];
  const pods = chart.pods('topics');
  const { host, port } = chart.connect(bootstrap, pods);
  const sources = topics.map((each, index) => {
    const fields = common(chart.site, 'topics', `topics[${index}]`, each);
    const topic = topicName(fields.team.name, each.topic);
    return { fields, topic, groupName: `${USER}.${fields.event}` };
  });
  writeUser(chart, USER, [
    ...[...new Set(sources.map(({ topic }) => topic))].map((name) =>
      exactly('topic', name, 'Read', 'Describe'),
    ),
    ...sources.map(({ groupName }) => exactly('group', groupName, 'Read', 'Describe')),
  ]);
  const secret = { namespace: chart.home, name: 'kafka' };
  userSecret(chart, { ...secret, user: USER, texts: { [USERNAME]: USER } });
  const key = (of: string) => ({ name: secret.name, key: of });
  serviceAccount(chart, { name: NAME });
  new EventSource(chart, NAME, {
    metadata: { name: NAME, namespace: chart.home, annotations: AFTER_BUS },
    spec: {
      replicas: 1,
      template: program(chart, {
        name: 'topics',
        role: 'topics',
        account: NAME,
        replicas: 1,
        reason: 'messages wait in their topic while it is restarted',
      }),
      kafka: Object.fromEntries(
        sources.map(({ fields, topic, groupName }) => [
          fields.event,
          {
            url: `${host}:${port}`,
            topic,
            // A message may be anything.
            jsonBody: false,
            version: versions.kafka,
            consumerGroup: { groupName, oldest: true, rebalanceStrategy: 'range' },
            tls: { caCertSecret: key(SECRETS.authority.certificate) },
            sasl: {
              mechanism: 'SCRAM-SHA-512',
              userSecret: key(USERNAME),
              passwordSecret: key(SECRETS.user.password),
            },
          },
        ]),
      ),
    },
  });
  // Topic, partition and offset are in it, and are the same whenever the message is read.
  const id = { of: 'context', expression: '.Input.id' } as const;
  return sources.map(({ fields }) => ({
    ...fields,
    identity: id,
    told: { of: 'context', expression: safe(id.expression) },
  }));
}
