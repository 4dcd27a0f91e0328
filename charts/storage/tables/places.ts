import type { TableBucket } from '../../../core/lifecycle';
import { InputError, type Problem } from '../../../core/problem';
import type { Site } from '../../../core/site';
import { placeOfTable } from '../../processing/spark';
import { WAREHOUSE_FOLDERS } from '../../query/hive/endpoints';
import type { Settings, Table } from './settings';

/** Where a table lies; the path ends with a slash. */
export interface Place {
  readonly bucket: TableBucket;
  readonly path: string;
}

/** The folder of a table, as its engine chooses it or the overlay says. */
export function placeOf(site: Site, table: Table): Place {
  if (table.format === 'delta') return { bucket: table.bucket, path: `${table.path}/` };
  const [namespace = '', name = ''] = table.name.split('.');
  if (table.format === 'iceberg') return placeOfTable(site, namespace, name);
  // The default database lies in the folder itself.
  const folder = namespace === 'default' ? '' : `${namespace}.db/`;
  return { bucket: 'warehouse', path: `${WAREHOUSE_FOLDERS.managed}/${folder}${name}/` };
}

/** What a table is called in messages. */
export const titleOf = (table: Table): string =>
  table.format === 'delta' ? `delta ${table.bucket}/${table.path}` : `${table.format} ${table.name}`;

/**
 * Holds tables against each other and against the site.
 * @throws InputError with every problem at once
 */
export function checkTables(site: Site, { tables }: Settings): void {
  const problems = tables.flatMap((table, index) => [
    ...teamProblems(site, table, index),
    ...engineProblems(site, table, index),
    ...placeProblems(site, tables, index),
  ]);
  if (problems.length > 0) throw new InputError(problems);
}

function teamProblems({ teams }: Site, table: Table, index: number): Problem[] {
  if (table.format === 'hive' || teams.some(({ name }) => name === table.team)) return [];
  const remedy = `write one of: ${teams.map(({ name }) => name).join(', ')}`;
  return [{ field: `tables[${index}].team`, found: table.team, message: 'there is no such team', remedy }];
}

function engineProblems(site: Site, table: Table, index: number): Problem[] {
  if (table.format !== 'hive' || site.isOn('hive')) return [];
  const message = 'is of a catalog whose metastore is off: nothing of this site reads or writes it';
  return [
    {
      field: `tables[${index}].format`,
      found: table.format,
      message,
      remedy: 'turn hive on, or write another format',
    },
  ];
}

/** A folder has one owner: two engines would take each other's files for left-overs. */
function placeProblems(site: Site, tables: readonly Table[], index: number): Problem[] {
  const table = tables[index];
  if (!table) return [];
  const { bucket, path } = placeOf(site, table);
  const rival = tables.slice(0, index).find((other) => {
    const place = placeOf(site, other);
    return place.bucket === bucket && (place.path.startsWith(path) || path.startsWith(place.path));
  });
  if (!rival) return [];
  const field = `tables[${index}]`;
  const found = `${bucket}/${path}`;
  const same = titleOf(rival) === titleOf(table);
  if (
    same &&
    'retentionDays' in table &&
    'retentionDays' in rival &&
    table.retentionDays !== rival.retentionDays
  ) {
    const message = `is declared twice, for ${rival.retentionDays} and for ${table.retentionDays} days`;
    return [
      {
        field: `${field}.retentionDays`,
        found: table.retentionDays,
        message,
        remedy: 'leave one of them out',
      },
    ];
  }
  const message = `lies where ${titleOf(rival)} does, and each would remove what it takes for left over`;
  return [{ field, found, message, remedy: 'leave one of them out, or give it a folder of its own' }];
}
