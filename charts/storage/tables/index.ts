import { component } from '../../../core/component';
import { writeMaintenance } from './maintenance';
import { checkTables, placeOf, titleOf } from './places';
import { settings } from './settings';

/** Tables of the site, by name: they are looked after on spot nodes, and no rule of a bucket may take from them. */
export const tables = component({
  name: 'tables',
  summary:
    'Tables that are declared: small files become large ones, old states go, nothing else may take from them',
  settings,
  pods: {},
  namespaces: () => [],
  build(chart, site, chosen) {
    checkTables(site, chosen);
    chosen.tables.forEach((table, index) => {
      chart.keep({
        ...placeOf(site, table),
        days: 'always',
        what: `files of the table ${titleOf(table)}`,
        setting: `components.tables.tables[${index}]`,
      });
    });
    writeMaintenance(chart, chosen);
  },
});
