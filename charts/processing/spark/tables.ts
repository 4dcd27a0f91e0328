import type { ComponentChart } from '../../../core/chart';
import type { Site } from '../../../core/site';

/** The catalog of Iceberg tables: `lake.<namespace>.<table>`. */
export const CATALOG = 'lake';

/** Where its tables lie, in the curated bucket. */
export const FOLDER = 'iceberg';

/**
 * Tables in every job and session: those of Delta by their URI, those of Iceberg in the catalog.
 *
 * The catalog is a folder: the newest metadata of a table is the one with the highest number. So one driver writes a
 * table at a time, as with Delta in S3; readers are never disturbed.
 */
export const tableConf = (site: Site): Readonly<Record<string, string>> => ({
  'spark.sql.extensions':
    'io.delta.sql.DeltaSparkSessionExtension,org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions',
  'spark.sql.catalog.spark_catalog': 'org.apache.spark.sql.delta.catalog.DeltaCatalog',
  [`spark.sql.catalog.${CATALOG}`]: 'org.apache.iceberg.spark.SparkCatalog',
  [`spark.sql.catalog.${CATALOG}.type`]: 'hadoop',
  [`spark.sql.catalog.${CATALOG}.warehouse`]: site.uri('curated', FOLDER),
});

/** No rule of the bucket may delete what a table still names, however old it is. */
export const keepTables = (chart: ComponentChart): void =>
  chart.keep({ bucket: 'curated', path: `${FOLDER}/`, days: 'always', what: 'tables of Iceberg' });
