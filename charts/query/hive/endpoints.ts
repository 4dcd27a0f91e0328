import { endpoint } from '../../../core/endpoint';

const component = 'hive';

/** Metadata of tables of all engines, by Thrift. */
export const metastore = endpoint({
  component,
  service: 'metastore',
  port: 9083,
  scheme: 'thrift',
  role: 'metastore',
});

/** The same metastore as a REST catalog of Iceberg, under {@link ICEBERG_PATH}. */
export const icebergCatalog = endpoint({
  component,
  service: 'metastore',
  port: 9001,
  scheme: 'http',
  role: 'metastore',
});

/** Where the REST catalog lies: clients write `icebergCatalog` and this behind it. */
export const ICEBERG_PATH = '/iceberg';

/** SQL over HTTP, the only transport by which it takes tokens; clients say `transportMode=http;httpPath=cliservice`. */
export const hiveServer2 = endpoint({
  component,
  service: 'hiveserver2',
  port: 10_001,
  scheme: 'http',
  role: 'hiveserver2',
});

/**
 * Folders of the warehouse. They lie beside each other: where one lay in the other, tables of Iceberg and plain files
 * would be refused for being among tables of Hive.
 * - `managed`: tables with transactions, which only Hive writes
 * - `external`: all others, those of the REST catalog among them
 */
export const WAREHOUSE_FOLDERS = { managed: 'managed', external: 'external' } as const;
