import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart, Topic } from '../../../core/chart';
import { exactly, SECRETS, topicName, userSecret, writeUser } from '../../processing/kafka';
import { sqlName, tableOf } from './schemas';
import type { Settings } from './settings';

/** The user of Trino at the brokers, and the Secret by which it connects. */
const USER = 'trino';
export const KAFKA_SECRET = 'kafka';

/** The ConfigMap with a file for each topic. */
export const TOPICS = 'trino-topics';

/** Has the Secret made by which nodes connect: their client reads it as a file. */
export function writeTopicSecret(chart: ComponentChart, folder: string): void {
  userSecret(chart, {
    namespace: chart.home,
    name: KAFKA_SECRET,
    user: USER,
    texts: {
      'client.properties': [
        'security.protocol=SASL_SSL',
        'sasl.mechanism=SCRAM-SHA-512',
        'ssl.truststore.type=PEM',
        `ssl.truststore.location=${folder}/${SECRETS.authority.certificate}`,
        'sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required ' +
          `username="${USER}" password="{{ .password }}";`,
        '',
      ].join('\n'),
    },
  });
}

/** The user, which reads the topics of the overlay, and what their messages look like as tables. */
export function writeTopics(
  chart: ComponentChart,
  settings: Settings,
  topics: readonly Topic[],
): Record<string, string> {
  writeUser(
    chart,
    USER,
    topics.map(({ team, name }) => exactly('topic', topicName(team, name), 'Read', 'Describe')),
  );
  const data = Object.fromEntries(
    topics.map((topic) => [
      `${sqlName(topic.team)}-${tableOf(topic.name)}.json`,
      `${JSON.stringify(descriptionOf(topic, settings), null, 2)}\n`,
    ]),
  );
  new k8s.KubeConfigMap(chart, TOPICS, { metadata: { name: TOPICS, namespace: chart.home }, data });
  return data;
}

function descriptionOf({ team, name }: Topic, { topics }: Settings) {
  const columns = topics.find((each) => each.team === team && each.topic === name)?.columns ?? {};
  return {
    schemaName: sqlName(team),
    tableName: tableOf(name),
    topicName: topicName(team, name),
    ...(Object.keys(columns).length > 0
      ? {
          message: {
            dataFormat: 'json',
            fields: Object.entries(columns).map(([column, { type, mapping }]) => ({
              name: column,
              type,
              mapping: mapping ?? column,
            })),
          },
        }
      : {}),
  };
}
