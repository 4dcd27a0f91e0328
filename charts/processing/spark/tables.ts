import type { Bucket } from '../../../core/bucket';
import type { ComponentChart, PodSet } from '../../../core/chart';
import { addressOf } from '../../../core/endpoint';
import type { Site } from '../../../core/site';
import { ICEBERG_PATH, icebergCatalog, WAREHOUSE_FOLDERS } from '../../query/hive/endpoints';

/** The catalog of Iceberg tables: `lake.<namespace>.<table>`. */
export const CATALOG = 'lake';

/** Where its tables lie, in the curated bucket, where the catalog is a folder. */
export const FOLDER = 'iceberg';

/** Where a table of the catalog lies: the bucket, and the folder in it with a slash behind it. */
export function placeOfTable(site: Site, namespace: string, name: string): { bucket: Bucket; path: string } {
  return site.isOn(icebergCatalog.component)
    ? { bucket: 'warehouse', path: `${WAREHOUSE_FOLDERS.external}/${namespace}.db/${name}/` }
    : { bucket: 'curated', path: `${FOLDER}/${namespace}/${name}/` };
}

type Conf = Readonly<Record<string, string>>;

/**
 * Tables in every job and session: those of Delta by their URI, those of Iceberg in the catalog.
 *
 * Where the site has a metastore, it is the catalog: what one engine writes all others find, and two that write a table
 * at once do not lose a commit. Where it has none, the catalog is a folder: the newest metadata of a table is the one
 * with the highest number. So one driver writes a table at a time then, as with Delta in S3; readers are never disturbed.
 */
export const tableConf = (site: Site): Conf => ({
  'spark.sql.extensions':
    'io.delta.sql.DeltaSparkSessionExtension,org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions',
  'spark.sql.catalog.spark_catalog': 'org.apache.spark.sql.delta.catalog.DeltaCatalog',
  [`spark.sql.catalog.${CATALOG}`]: 'org.apache.iceberg.spark.SparkCatalog',
  ...Object.fromEntries(
    Object.entries(site.isOn(icebergCatalog.component) ? SERVED : folder(site)).map(([key, value]) => [
      `spark.sql.catalog.${CATALOG}.${key}`,
      value,
    ]),
  ),
});

const SERVED: Conf = {
  type: 'rest',
  uri: `${addressOf(icebergCatalog).uri}${ICEBERG_PATH}`,
  // Files are read and written with the rights and the connector that jobs have for everything else.
  'io-impl': 'org.apache.iceberg.hadoop.HadoopFileIO',
};

const folder = (site: Site): Conf => ({ type: 'hadoop', warehouse: site.uri('curated', FOLDER) });

/** Lets pods look up tables, where somebody serves the catalog: drivers, sessions and what else plans queries. */
export const useCatalog = (chart: ComponentChart, ...pods: readonly PodSet[]): void => {
  chart.connectIfOn(icebergCatalog, ...pods);
};

/** No rule of the bucket may delete what a table still names, however old it is. */
export const keepTables = (chart: ComponentChart): void =>
  chart.keep({ bucket: 'curated', path: `${FOLDER}/`, days: 'always', what: 'tables of Iceberg' });
