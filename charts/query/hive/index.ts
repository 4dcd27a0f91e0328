import { component } from '../../../core/component';
import { mebibytes, parseQuantity } from '../../../core/quantity';
import { serviceAccount } from '../../../core/rbac';
import { database } from '../../foundation/postgres';
import { hiveServer2, icebergCatalog, metastore } from './endpoints';
import { requireSoundHive, softwareOf } from './image';
import { NAME as METASTORE, writeMetastore } from './metastore';
import { CONNECTIONS } from './metastore-conf';
import { NAME as SERVER, writeServer } from './server';
import { type Settings, settings } from './settings';
import { BUCKETS, keepWarehouse } from './warehouse';

export { hiveServer2, ICEBERG_PATH, icebergCatalog, metastore, WAREHOUSE_FOLDERS } from './endpoints';

const HOME = 'hive';

/** What tables there are and where they lie, for every engine; and SQL with transactions over them. */
export const hive = component({
  name: HOME,
  summary:
    'Metadata of the tables of all engines, by Thrift and REST; HiveServer2 with transactions on spot capacity',
  settings,
  pods: { metastore: 'on-demand', schema: 'on-demand', hiveserver2: 'spot' },
  endpoints: [metastore, icebergCatalog, hiveServer2],
  namespaces: (_site, chosen) => [{ name: HOME, quota: quotaOf(chosen) }],
  build(chart, site, chosen) {
    requireSoundHive();
    if (site.registry !== undefined && site.isOn('images')) chart.follow('images');
    const [metastores, schema, servers] = [
      chart.pods('metastore'),
      chart.pods('schema'),
      chart.pods('hiveserver2'),
    ];
    const software = softwareOf(chart, chosen, [metastores, schema, servers]);
    const access = database(chart, {
      name: HOME,
      pods: [metastores, schema],
      // Transactions and locks of tables are settings and locks of sessions there.
      sessions: chosen.metastore.replicas.max * CONNECTIONS,
    });
    const identity = chart.grant(metastores, METASTORE, 'read-write', ...BUCKETS);
    serviceAccount(chart, { name: METASTORE }, identity);
    writeMetastore(chart, chosen, software, identity, access);
    const ofServers = chart.grant(servers, SERVER, 'read-write', ...BUCKETS);
    serviceAccount(chart, { name: SERVER }, ofServers);
    writeServer(chart, chosen, software, ofServers);
    keepWarehouse(chart);
  },
});

/** Everything at its most, one more of each while pods are replaced, and the Job. */
function quotaOf({ metastore: { replicas, cpu, memory }, server }: Settings) {
  const all = [
    { pods: replicas.max + 1, cpu: parseQuantity(cpu), memory: parseQuantity(memory) },
    { pods: server.replicas.max + 1, cpu: server.cores, memory: parseQuantity(server.memory) },
    { pods: 2, cpu: 0.25, memory: 2 ** 30 },
  ];
  const sum = (of: 'cpu' | 'memory') => all.reduce((total, each) => total + each.pods * each[of], 0);
  return {
    cpu: String(Math.ceil(sum('cpu'))),
    memory: mebibytes(sum('memory')),
    pods: all.reduce((total, { pods }) => total + pods, 0),
  };
}
