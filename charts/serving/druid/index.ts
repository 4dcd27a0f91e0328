import { k8s } from 'cdk8s-plus-27';
import { component } from '../../../core/component';
import { database } from '../../foundation/postgres';
import { bootstrap, exactly, startingWith, topicName, userSecret, writeUser } from '../../processing/kafka';
import { computeOf, quotaOf } from './compute';
import { broker, router } from './endpoints';
import { ACCOUNTS, FOLDERS, KAFKA_USER, LOG_DAYS, NAME, SECRETS } from './names';
import { COMMON_FILE, CONFIG, fileOf, type Identities } from './pods';
import { commonProperties, serverProperties, taskProperties, text } from './properties';
import { writeAccounts } from './rbac';
import { writeSecrets } from './secrets';
import { writeServers } from './servers';
import { writeSetUp } from './set-up';
import { settings } from './settings';
import { writeTaskTemplate } from './tasks';
import { writeWays } from './ways';

export { broker, router } from './endpoints';
export { SECRETS } from './names';

/** Connections that two masters open to their database, and tasks none. */
const SESSIONS = 20;

/**
 * Events, asked for seconds after they happened. Servers find each other by the API server instead of ZooKeeper; what
 * loads are Jobs on spot nodes. No operator: the last release of the one that there was is a year old, its successor has
 * none yet, and all that it would make are these objects.
 */
export const druid = component({
  name: NAME,
  summary: 'SQL for dashboards over events, from topics within seconds and from files; by Apache Druid',
  optional: true,
  settings,
  pods: {
    master: 'on-demand',
    broker: 'on-demand',
    historical: 'on-demand',
    router: 'on-demand',
    'set-up': 'on-demand',
    task: 'spot',
  },
  endpoints: [router, broker],
  namespaces: (_site, chosen) => [{ name: NAME, quota: quotaOf(chosen) }],
  build(chart, site, chosen) {
    const [masters, historicals, tasks] = [
      chart.pods('master'),
      chart.pods('historical'),
      chart.pods('task'),
    ];
    const identities: Identities = {
      // It takes segments and logs away that nobody needs any more.
      master: chart.grant(masters, ACCOUNTS.master, 'read-write', 'deep-storage'),
      historical: chart.grant(historicals, ACCOUNTS.historical, 'read', 'deep-storage'),
      task: chart.grant(tasks, ACCOUNTS.task, 'read-write', 'deep-storage'),
    };
    chart.grant(tasks, ACCOUNTS.task, 'read', 'presentation');
    chart.keep({
      bucket: 'deep-storage',
      path: `${FOLDERS.segments}/`,
      days: chosen.retentionDays ?? 'always',
      what: 'segments of Druid',
      setting: `components.${NAME}.retentionDays`,
    });
    chart.age('deep-storage', { paths: [`${FOLDERS.logs}/`], expireDays: LOG_DAYS });
    writeAccounts(chart, identities);
    writeSecrets(chart);
    writeWays(chart);
    const { host, port, uri, name, secret } = database(chart, {
      name: NAME,
      pods: [masters],
      sessions: SESSIONS,
    });
    const topic = chosen.example ? topicOf(site) : undefined;
    if (topic) {
      // The one that leads looks how far a topic goes; tasks read it.
      chart.connect(bootstrap, masters, tasks);
      writeUser(chart, KAFKA_USER, [
        exactly('topic', topic, 'Read', 'Describe', 'DescribeConfigs'),
        startingWith('group', `${KAFKA_USER}.`, 'Read', 'Describe'),
      ]);
      userSecret(chart, { namespace: chart.home, name: SECRETS.kafka, user: KAFKA_USER });
    }
    const topics = topic !== undefined;
    const roles = ['master', 'broker', 'historical', 'router'] as const;
    const files = {
      [COMMON_FILE]: text(commonProperties(site, { host, port, uri, name, ca: secret.ca })),
      ...Object.fromEntries(roles.map((role) => [fileOf(role), text(serverProperties(role, chosen))])),
      [fileOf('task')]: text(taskProperties()),
      'task.yaml': writeTaskTemplate(chart, { settings: chosen, identities, topics }),
    };
    new k8s.KubeConfigMap(chart, 'config', {
      metadata: { name: CONFIG, namespace: chart.home },
      data: files,
    });
    writeServers(chart, { settings: chosen, identities, topics, files });
    writeSetUp(chart, chosen, topic);
    // What no object of the chart shows.
    chart.demandByRole({ task: computeOf(chosen).task });
  },
});

/** The topic of trips, which the first team's stream has: there where Kafka and Spark are. */
const topicOf = (site: { isOn(component: string): boolean; teams: readonly { name: string }[] }) => {
  const [team] = site.teams;
  return team && site.isOn('kafka') && site.isOn('spark') ? topicName(team.name, 'trips') : undefined;
};
