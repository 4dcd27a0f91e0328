import { component } from '../../../core/component';
import { mixed } from '../../../core/placement';
import { serviceAccount } from '../../../core/rbac';
import { service } from '../../../core/service';
import { bootstrap, exactly, startingWith, topicName, userSecret, writeUser } from '../../processing/kafka';
import { apis } from './apis';
import { writeCluster } from './cluster';
import { computeRole, quotaOf } from './compute';
import { load, sql } from './endpoints';
import { ACCOUNTS, FOLDER, KAFKA_USER, LABELS, NAME, PORTS, SECRETS } from './names';
import { writeOperator } from './operator';
import { writeSecrets } from './secrets';
import { writeSetUp } from './set-up';
import { settings } from './settings';
import { writeWays } from './ways';

export { load, sql } from './endpoints';
export { SECRETS } from './names';

/**
 * Analytics over tables that lie in the object store. Frontends, which keep the metadata, run on regular nodes; compute
 * nodes keep nothing and come and go with the load, four of five on spot nodes.
 */
export const starrocks = component({
  name: NAME,
  summary: 'SQL for dashboards over tables in the object store: joins, aggregations, updates; by StarRocks',
  optional: true,
  settings,
  pods: {
    operator: 'on-demand',
    frontend: 'on-demand',
    compute: mixed(0.8),
    'compute-preferred': 'spot-preferred',
    'set-up': 'on-demand',
  },
  labels: LABELS,
  endpoints: [sql, load],
  apis,
  namespaces: (site, chosen) => [
    {
      name: NAME,
      quota: quotaOf(site, chosen),
      podSecurity: {
        level: 'baseline',
        reason:
          'the operator has no field for the seccomp profile of pods, and programs of the images write beside their files',
      },
    },
  ],
  build(chart, site, chosen) {
    const computes = computeRole(site, chosen);
    const [frontends, nodes] = [chart.pods('frontend'), chart.pods(computes)];
    const frontend = chart.grant(frontends, ACCOUNTS.frontend, 'read-write', 'deep-storage');
    const compute = chart.grant(nodes, ACCOUNTS.compute, 'read-write', 'deep-storage');
    chart.grant(frontends, ACCOUNTS.frontend, 'read', 'presentation');
    chart.grant(nodes, ACCOUNTS.compute, 'read', 'presentation');
    serviceAccount(chart, { name: ACCOUNTS.frontend }, frontend);
    serviceAccount(chart, { name: ACCOUNTS.compute }, compute);
    chart.keep({ bucket: 'deep-storage', path: `${FOLDER}/`, days: 'always', what: 'tables of StarRocks' });
    writeOperator(chart);
    writeSecrets(chart);
    service(chart, sql.service, 'frontend', { mysql: { port: sql.port, target: PORTS.sql } });
    service(chart, load.service, 'frontend', { http: { port: load.port, target: PORTS.http } });
    writeWays(chart, computes);
    const topic = chosen.example ? topicOf(site) : undefined;
    if (topic) {
      // The schema of a message is told by compute nodes, which also read it.
      chart.connect(bootstrap, nodes);
      writeUser(chart, KAFKA_USER, [
        exactly('topic', topic, 'Read', 'Describe', 'DescribeConfigs'),
        startingWith('group', `${KAFKA_USER}.`, 'Read', 'Describe'),
      ]);
      userSecret(chart, { namespace: chart.home, name: SECRETS.kafka, user: KAFKA_USER });
    }
    writeCluster(chart, chosen, { frontend, compute, topics: topic !== undefined });
    writeSetUp(chart, { topic, example: chosen.example, identity: compute });
  },
});

/** The topic of trips, which the first team's stream has: there where Kafka and Spark are. */
const topicOf = (site: { isOn(component: string): boolean; teams: readonly { name: string }[] }) => {
  const [team] = site.teams;
  return team && site.isOn('kafka') && site.isOn('spark') ? topicName(team.name, 'trips') : undefined;
};
