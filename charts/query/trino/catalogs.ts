import type { Topic } from '../../../core/chart';
import { type Address, addressOf, type Endpoint } from '../../../core/endpoint';
import type { TableBucket } from '../../../core/lifecycle';
import { parseQuantity } from '../../../core/quantity';
import type { Site } from '../../../core/site';
import { bootstrap } from '../../processing/kafka';
import { cql } from '../../serving/cassandra/endpoints';
import { broker } from '../../serving/druid/endpoints';
import { metastore } from '../hive/endpoints';
import { PATHS, SECRET } from './names';
import { dataSize, fromEnvironment, type Properties, propertiesFile } from './properties';
import { sqlName, tableOf } from './schemas';
import type { Settings } from './settings';
import { fileSystem } from './store';

export type CatalogName = keyof Settings['catalogs'];

/** Catalogs whose tables lie in the object store, in the schemas of teams and layers. */
export const TABLES: ReadonlySet<CatalogName> = new Set<CatalogName>(['lake', 'hive', 'delta']);

/** Another component's endpoint that a catalog reads from; the database is asked for in its own way. */
export const SOURCES: Readonly<Partial<Record<CatalogName, Endpoint>>> = {
  lake: metastore,
  hive: metastore,
  delta: metastore,
  kafka: bootstrap,
  druid: broker,
  cassandra: cql,
};

/** The component that a catalog needs; undefined for what is computed. */
export const componentOf = (name: CatalogName): string | undefined =>
  name === 'postgres' ? 'postgres' : SOURCES[name]?.component;

/** The catalogs of a site, in the order of the settings. */
export function catalogsOn(site: Site, { catalogs }: Settings): readonly CatalogName[] {
  // The names of the setting are those of the type.
  return (Object.keys(catalogs) as CatalogName[])
    .concat(DERIVED.filter((each) => !(each in catalogs)))
    .filter((name) => {
      const owner = componentOf(name);
      return (catalogs[name] ?? true) && (owner === undefined || site.isOn(owner));
    });
}

/** Those that are on wherever their component is. */
const DERIVED: readonly CatalogName[] = ['lake', 'hive', 'delta', 'kafka', 'postgres'];

/** As whom a catalog asks: the Secret with name and password of a user there, and the variables of both. */
export const PASSWORDS = {
  /** A copy of the Secret of the user who may read every table. */
  druid: { name: 'trino-druid', original: 'reader', user: 'DRUID_USER', password: 'DRUID_PASSWORD' },
  cassandra: { name: 'trino-cassandra', user: 'CASSANDRA_USER', password: 'CASSANDRA_PASSWORD' },
} as const;

/** The database of Trino itself, and the variables with who it is there. */
export const DATABASE = {
  name: 'trino',
  secret: 'database',
  user: 'DATABASE_USER',
  password: 'DATABASE_PASSWORD',
} as const;

/** The files of all catalogs, by file name. */
export function catalogFiles(
  site: Site,
  settings: Settings,
  topics: readonly Topic[],
  database: Pick<Address, 'host' | 'port'>,
): Record<string, string> {
  const on = catalogsOn(site, settings);
  const files = on.map((name): [string, Properties] => [
    name,
    propertiesOf(name, site, settings, topics, database),
  ]);
  return Object.fromEntries(
    files.map(([name, properties]) => [`${name}.properties`, propertiesFile(properties)]),
  );
}

function propertiesOf(
  name: CatalogName,
  site: Site,
  settings: Settings,
  topics: readonly Topic[],
  database: Pick<Address, 'host' | 'port'>,
): Properties {
  switch (name) {
    case 'lake':
      return {
        'connector.name': 'iceberg',
        'iceberg.catalog.type': 'hive_metastore',
        ...tables(name, site, settings),
        // What all engines of the platform read and write.
        'iceberg.format-version': 2,
        ...layout('iceberg', site, 'warehouse'),
        'iceberg.hive-catalog-name': redirect(site, settings, 'hive'),
        'iceberg.register-table-procedure.enabled': true,
      };
    case 'hive':
      return {
        'connector.name': 'hive',
        ...tables(name, site, settings),
        // A table of another kind is read by the catalog that knows it.
        ...layout('hive', site, 'warehouse'),
        'hive.iceberg-catalog-name': redirect(site, settings, 'lake'),
        'hive.delta-lake-catalog-name': redirect(site, settings, 'delta'),
        // Metastores of the fourth line keep every plain table as one that they do not manage.
        'hive.non-managed-table-writes-enabled': true,
      };
    case 'delta':
      return {
        'connector.name': 'delta_lake',
        ...tables(name, site, settings),
        // One size for all tables, as in Spark.
        ...layout('delta', site, 'curated'),
        'delta.hive-catalog-name': redirect(site, settings, 'hive'),
        // Spark finds its Delta tables by their path: so are they told to the metastore.
        'delta.register-table-procedure.enabled': true,
      };
    case 'kafka':
      return {
        'connector.name': 'kafka',
        'kafka.nodes': hostPort(addressOf(bootstrap)),
        'kafka.config.resources': `${PATHS.kafka}/client.properties`,
        'kafka.table-description-supplier': 'file',
        'kafka.table-description-dir': PATHS.topics,
        'kafka.table-names': topics.map(({ team, name }) => `${sqlName(team)}.${tableOf(name)}`).join(','),
        'kafka.hide-internal-columns': false,
      };
    case 'postgres':
      return {
        'connector.name': 'postgresql',
        // Poolers lend a connection for a transaction, so nothing may be prepared in it.
        'connection-url':
          `jdbc:postgresql://${hostPort(database)}/${DATABASE.name}` +
          `?sslmode=verify-full&sslrootcert=${PATHS.database}/ca.crt&prepareThreshold=0`,
        'connection-user': fromEnvironment(DATABASE.user),
        'connection-password': fromEnvironment(DATABASE.password),
      };
    case 'tpch':
      return { 'connector.name': 'tpch', 'tpch.splits-per-node': 4 };
    case 'druid':
      return {
        'connector.name': 'druid',
        'connection-url':
          `jdbc:avatica:remote:url=${addressOf(broker).uri}/druid/v2/sql/avatica/;authentication=BASIC` +
          `;truststore=${PATHS.tls}/truststore.p12;truststore_password=${fromEnvironment(SECRET.keystore.variable)}`,
        'connection-user': fromEnvironment(PASSWORDS.druid.user),
        'connection-password': fromEnvironment(PASSWORDS.druid.password),
      };
    case 'cassandra':
      return {
        'connector.name': 'cassandra',
        'cassandra.contact-points': addressOf(cql).host,
        'cassandra.native-protocol-port': cql.port,
        'cassandra.load-policy.dc-aware.local-dc': settings.cassandraDatacenter,
        'cassandra.security': 'PASSWORD',
        'cassandra.username': fromEnvironment(PASSWORDS.cassandra.user),
        'cassandra.password': fromEnvironment(PASSWORDS.cassandra.password),
        'cassandra.tls.enabled': true,
        'cassandra.tls.truststore-path': `${PATHS.tls}/ca.crt`,
      };
  }
}

/** What catalogs of tables have in common: where their tables are known, where their files are, and those read before. */
const tables = (name: CatalogName, site: Site, settings: Settings): Properties => ({
  'hive.metastore.uri': addressOf(metastore).uri,
  ...fileSystem(site),
  'fs.cache.enabled': true,
  'fs.cache.directories': cacheFolder(name),
  // Something must be left: what is too old goes after what is new has come.
  'fs.cache.max-sizes': dataSize(0.9 * cacheSize(site, settings)),
});

/** How files of tables are written. */
const layout = (connector: 'iceberg' | 'hive' | 'delta', site: Site, bucket: TableBucket): Properties => ({
  [`${connector}.compression-codec`]: 'ZSTD',
  [`${connector}.target-max-file-size`]: dataSize(site.buckets.fileMebibytes[bucket] * 2 ** 20),
});

/** Catalogs that keep files of tables on a disk of the node. */
export const cached = (site: Site, settings: Settings): readonly CatalogName[] =>
  catalogsOn(site, settings).filter((each) => TABLES.has(each));

/** A folder for each: two may not share one. */
export const cacheFolder = (name: CatalogName): string => `${PATHS.cache}/${name}`;

/** What each of them may fill, in bytes. */
export const cacheSize = (site: Site, settings: Settings): number =>
  parseQuantity(settings.worker.cache) / cached(site, settings).length;

const redirect = (site: Site, settings: Settings, name: CatalogName): string | undefined =>
  catalogsOn(site, settings).includes(name) ? name : undefined;

const hostPort = ({ host, port }: Pick<Address, 'host' | 'port'>): string => `${host}:${port}`;
