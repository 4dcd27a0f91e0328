import type { Bucket } from '../../../core/bucket';
import type { ComponentChart } from '../../../core/chart';
import type { Site } from '../../../core/site';
import { WAREHOUSE_FOLDERS } from './endpoints';
import type { Properties } from './xml';

/** Where tables lie: in the bucket whose places a catalog chooses, or where a statement puts them. */
export const BUCKETS: readonly Bucket[] = ['raw', 'curated', 'presentation', 'warehouse'];

/** What metastore and servers must agree on. Each key is read under both spellings by one part or the other. */
export function warehouseConf(site: Site): Properties {
  const [managed, external] = [WAREHOUSE_FOLDERS.managed, WAREHOUSE_FOLDERS.external].map((folder) =>
    site.uri('warehouse', folder),
  ) as [string, string];
  return {
    'metastore.warehouse.dir': managed,
    'hive.metastore.warehouse.dir': managed,
    'metastore.warehouse.external.dir': external,
    'hive.metastore.warehouse.external.dir': external,
  };
}

/** Tables with transactions: what a client of the metastore and the metastore itself must be told. */
export const TRANSACTIONS: Properties = {
  'hive.support.concurrency': 'true',
  'hive.txn.manager': 'org.apache.hadoop.hive.ql.lockmgr.DbTxnManager',
};

/** No rule of the bucket may delete what a table still names, however old it is. */
export const keepWarehouse = (chart: ComponentChart): void => {
  for (const folder of Object.values(WAREHOUSE_FOLDERS)) {
    chart.keep({
      bucket: 'warehouse',
      path: `${folder}/`,
      days: 'always',
      what: `tables of the folder ${folder}`,
    });
  }
};
