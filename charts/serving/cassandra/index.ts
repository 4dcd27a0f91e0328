import { component } from '../../../core/component';
import { serviceAccount } from '../../../core/rbac';
import { service } from '../../../core/service';
import { certificate } from '../../foundation/certificates';
import { generatedSecret } from '../../foundation/secrets';
import { apis } from './apis';
import { writeBackupFiles } from './backup';
import { quotaOf } from './compute';
import { writeDatacenter } from './datacenter';
import { cql } from './endpoints';
import { ACCOUNTS, FOLDER, LABELS, NAME, PORTS, SECRETS } from './names';
import { writeOperator } from './operator';
import { writeSetUp } from './set-up';
import { settings } from './settings';

export { cql } from './endpoints';
export { SECRETS } from './names';

/**
 * Rows by their key, in milliseconds, at any number of queries. Three racks on regular nodes, each with a copy of every
 * row: two of them answer, so a zone may go. Nothing of it could be on spot nodes, since a server is its rows.
 */
export const cassandra = component({
  name: NAME,
  summary: 'Rows by their key within milliseconds, three copies in three zones, backups; by Apache Cassandra',
  optional: true,
  settings,
  pods: { operator: 'on-demand', server: 'on-demand', 'set-up': 'on-demand' },
  labels: LABELS,
  endpoints: [cql],
  apis,
  namespaces: (_site, chosen) => [{ name: NAME, quota: quotaOf(chosen) }],
  build(chart, _site, chosen) {
    const servers = chart.pods('server');
    const identity = chart.grant(servers, ACCOUNTS.server, 'read-write', 'backups');
    serviceAccount(chart, { name: ACCOUNTS.server }, identity);
    chart.keep({
      bucket: 'backups',
      path: `${FOLDER}/`,
      days: chosen.backup.retentionDays,
      what: 'backups of Cassandra',
      setting: `components.${NAME}.backup.retentionDays`,
    });
    writeOperator(chart);
    for (const name of [SECRETS.superuser, SECRETS.loader, SECRETS.reader]) {
      generatedSecret(chart, {
        name,
        keys: { password: 'password' },
        texts: { username: name },
        type: 'kubernetes.io/basic-auth',
      });
    }
    // Servers are clients of each other.
    certificate(chart, { secret: SECRETS.server, service: cql.service, client: true, combined: true });
    service(chart, cql.service, 'server', { cql: { port: cql.port, target: PORTS.cql } });
    chart.allow(servers, servers, PORTS.internode, PORTS.cql);
    chart.allow(chart.pods('operator'), servers, PORTS.management);
    writeBackupFiles(chart);
    writeDatacenter(chart, chosen, identity);
    writeSetUp(chart, chosen);
  },
});
