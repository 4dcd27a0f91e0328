import { component } from '../../../core/component';
import { apis } from './apis';
import { writeBackups } from './backups';
import { writeCluster } from './cluster';
import { computeOf, quotaOf } from './compute';
import { writeDatabases } from './databases';
import { pool, primary } from './endpoints';
import { LABELS, NAME } from './names';
import { writeBackupOperator, writeOperator } from './operator';
import { writePooler } from './pooler';
import { writeServices } from './services';
import { settings } from './settings';
import { writeWays } from './ways';

export { type DatabaseAccess, database, databaseIfOn, databaseTrust } from './database';

/**
 * One cluster of PostgreSQL for what the platform itself must remember, a database in it for each component. Their data
 * is small: a cluster each would be three more instances on regular nodes, another archive and another thing to
 * restore, for megabytes.
 */
export const postgres = component({
  name: NAME,
  summary: 'Databases of the platform on one PostgreSQL cluster, with failover, poolers and backups',
  settings,
  pods: { operator: 'on-demand', backup: 'on-demand', instance: 'on-demand', pooler: 'on-demand' },
  labels: LABELS,
  endpoints: [primary, pool],
  apis,
  namespaces: (_site, chosen) => [{ name: NAME, quota: quotaOf(chosen) }],
  build(chart, _site, chosen) {
    // Instances have an account of the name of their cluster.
    const identity = chart.grant(chart.pods('instance'), chosen.cluster, 'read-write', 'backups');
    writeOperator(chart);
    writeBackupOperator(chart);
    writeCluster(chart, chosen, identity);
    writePooler(chart, chosen);
    writeServices(chart, chosen);
    writeBackups(chart, chosen, identity);
    writeWays(chart);
    // What no object of the chart shows.
    chart.demandByRole(computeOf(chosen));
  },
  complete(chart, _site, recorded, chosen) {
    writeDatabases(
      chart,
      [...recorded.values()].flatMap(({ databases }) => databases),
      chosen,
    );
  },
});
