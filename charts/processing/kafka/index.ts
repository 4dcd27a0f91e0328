import { component } from '../../../core/component';
import { apis } from './apis';
import { writeBootstrap } from './bootstrap';
import { writeCluster } from './cluster';
import { computeOf, declareCompute, quotaOf } from './compute';
import { writeConnect } from './connect';
import { bootstrap, schemaRegistry } from './endpoints';
import { writeOperator } from './operator';
import { writeRebalance } from './rebalance';
import { writeSchemaRegistry } from './schema-registry';
import { settings } from './settings';
import { writeTopics } from './topics';
import { writeTeamSecrets } from './user-secret';
import { writeTeamUsers } from './users';
import { writeRebalanceWays, writeWays } from './ways';

export { bootstrap, schemaRegistry } from './endpoints';
export { SECRETS, TEAM_SECRET, teamPrefix } from './names';
export { outageProblem } from './outage';
export { lifeOf, topicName, writeTopic } from './topics';
export { userSecret } from './user-secret';
export { exactly, startingWith, writeUser } from './users';

/** Events between systems: topics of teams on brokers on regular nodes; connectors that land them, on spot nodes. */
export const kafka = component({
  name: 'kafka',
  summary: 'Topics on a Kafka cluster by an operator, a user for each team, schemas, connectors to tables',
  settings,
  pods: {
    operator: 'on-demand',
    controller: 'on-demand',
    broker: 'on-demand',
    'entity-operator': 'on-demand',
    'cruise-control': 'on-demand',
    exporter: 'on-demand',
    'schema-registry': 'on-demand',
    connect: 'spot',
  },
  endpoints: [bootstrap, schemaRegistry],
  apis,
  namespaces: (_site, chosen) => [{ name: 'kafka', quota: quotaOf(chosen) }],
  build(chart, _site, chosen) {
    const compute = computeOf(chosen);
    writeOperator(chart, chosen);
    writeCluster(chart, chosen);
    writeBootstrap(chart);
    writeWays(chart, chosen);
    if (compute['cruise-control']) {
      writeRebalance(chart);
      writeRebalanceWays(chart);
    }
    writeTopics(chart, chosen);
    writeTeamUsers(chart, chosen);
    writeTeamSecrets(chart);
    writeSchemaRegistry(chart, chosen);
    if (chosen.connect && compute.connect) writeConnect(chart, chosen, chosen.connect, compute.connect);
    declareCompute(chart, chosen);
  },
});
