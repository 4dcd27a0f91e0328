import type { Identity } from '../../../core/cloud';
import type { Site } from '../../../core/site';
import type { DatabaseAccess } from '../../foundation/postgres';
import { icebergCatalog } from './endpoints';
import { TRANSACTIONS, warehouseConf } from './warehouse';
import type { Properties } from './xml';

/** Variable with the password of the database, which no file holds. */
export const PASSWORD = 'DATABASE_PASSWORD';

/** Where the authority of the database lies. */
export const AUTHORITY = '/etc/database';

/** Connections of the largest pool of one metastore; it has some smaller ones beside it. */
const POOL = 5;

/** Connections that one metastore keeps open at most, over all its pools (`npm run test:hive` counts them). */
export const CONNECTIONS = 25;

/** The object store: how it is reached, and how pods of an identity prove who they are. */
export const hadoopConf = (site: Site, identity: Identity): Properties => ({
  ...site.cloud.objectStore.hadoop,
  ...identity.hadoop,
});

/**
 * How programs reach the database.
 *
 * Hive marks a table as clean after it was compacted with a value of no type (`? is NULL`), which PostgreSQL refuses to
 * prepare: tables without partitions would be cleaned for ever, and never compacted again (`npm run test:hive`). So the
 * driver writes values into statements itself; {@link UNTYPED} goes with it.
 */
export const databaseConf = ({ host, port, name, secret }: DatabaseAccess): Properties => ({
  'javax.jdo.option.ConnectionDriverName': 'org.postgresql.Driver',
  'javax.jdo.option.ConnectionURL': `jdbc:postgresql://${host}:${port}/${name}?sslmode=verify-full&sslrootcert=${AUTHORITY}/${secret.ca}&preferQueryMode=simple`,
  'javax.jdo.option.ConnectionUserName': name,
  'javax.jdo.option.ConnectionPassword': `\${env.${PASSWORD}}`,
});

/** Option of the JVM: types of values are not asked for, since the driver has no answer where it prepares nothing. */
export const UNTYPED = '-Dspring.jdbc.getParameterType.ignore=true';

/** Settings of metastores, in the spelling of Hive 4 where there are two. */
export const metastoreConf = (site: Site, database: DatabaseAccess): Properties => ({
  ...databaseConf(database),
  'datanucleus.connectionPool.maxPoolSize': String(POOL),
  'metastore.compactor.connectionPool.maxPoolSize': '2',
  // A pool that has nothing to do gives its connections back, but for one.
  'hikaricp.minimumIdle': '1',
  ...warehouseConf(site),
  ...TRANSACTIONS,
  'metastore.catalog.servlet.port': String(icebergCatalog.port),
  // Whom the network policies let through may use the catalog, as by Thrift.
  'metastore.catalog.servlet.auth': 'none',
  // One of them, which holds a lock in the database, looks for what is to be compacted and cleans up after it.
  'metastore.housekeeping.leader.election': 'lock',
  'metastore.compactor.initiator.on': 'true',
  'metastore.compactor.cleaner.on': 'true',
  // Compacting itself is a query, and those run on spot nodes.
  'hive.metastore.runworker.in': 'hs2',
  // Events are read by engines, none of which is a proxy of others, which this would want.
  'metastore.event.db.notification.api.auth': 'false',
});
