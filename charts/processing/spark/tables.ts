import type { ComponentChart, PodSet } from '../../../core/chart';
import { addressOf } from '../../../core/endpoint';
import type { TableBucket } from '../../../core/lifecycle';
import type { Site } from '../../../core/site';
import { ICEBERG_PATH, icebergCatalog, WAREHOUSE_FOLDERS } from '../../query/hive/endpoints';

/** The catalog of Iceberg tables: `lake.<namespace>.<table>`. */
export const CATALOG = 'lake';

/** Where its tables lie, in the curated bucket, where the catalog is a folder. */
export const FOLDER = 'iceberg';

/** Where a table of the catalog lies: the bucket, and the folder in it with a slash behind it. */
export function placeOfTable(
  site: Site,
  namespace: string,
  name: string,
): { bucket: TableBucket; path: string } {
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
    Object.entries({
      ...(site.isOn(icebergCatalog.component) ? SERVED : folder(site)),
      ...layout(fileBytes(site, bucketOfCatalog(site))),
    }).map(([key, value]) => [`spark.sql.catalog.${CATALOG}.${key}`, value]),
  ),
  // Delta has one size for all tables, here the one of the layer that is written most; maintenance gives each its own.
  'spark.databricks.delta.optimize.maxFileSize': String(fileBytes(site, 'curated')),
  'spark.databricks.delta.autoCompact.maxFileSize': String(fileBytes(site, 'curated')),
});

const bucketOfCatalog = (site: Site): TableBucket =>
  site.isOn(icebergCatalog.component) ? 'warehouse' : 'curated';

const fileBytes = (site: Site, bucket: TableBucket): number => site.buckets.fileMebibytes[bucket] * 2 ** 20;

/** Properties of tables that are made without others: whoever writes them, also with another engine, keeps to these. */
const layout = (bytes: number): Conf => ({
  'table-default.write.target-file-size-bytes': String(bytes),
  'table-default.write.parquet.compression-codec': 'zstd',
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
