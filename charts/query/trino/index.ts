import { component } from '../../../core/component';
import { serviceAccount } from '../../../core/rbac';
import { groupsOf, rulesOf } from './access';
import { catalogsOn } from './catalogs';
import { check, checkTopics } from './checks';
import { coordinator, discovery, metrics } from './endpoints';
import { ACCOUNT, NAME } from './names';
import { WORKERS, workerSets } from './placement';
import { configMap, RULES, writeCatalogs, writeCoordinator, writeWorkers } from './pods';
import { quotaOf } from './quota';
import { settings } from './settings';
import { writeTopics } from './topics';
import { writeWays } from './ways';

export { coordinator, metrics } from './endpoints';
export { TEAM_SECRET, teamUser } from './names';

/** SQL over everything that the platform keeps, by one coordinator and workers of which most are on spot nodes. */
export const trino = component({
  name: NAME,
  summary:
    'SQL over tables, topics and databases by Trino, whose workers run on spot capacity with retries of tasks',
  settings,
  pods: { coordinator: 'on-demand', ...WORKERS },
  endpoints: [coordinator, discovery, metrics],
  namespaces: (_site, chosen) => [{ name: NAME, quota: quotaOf(chosen) }],
  build(chart, site, chosen) {
    check(site, chosen);
    const identity = site.cloud.identity({ namespace: chart.home, serviceAccount: ACCOUNT });
    serviceAccount(chart, { name: ACCOUNT }, identity);
    writeWays(chart, chosen, workerSets(site.cloud, chosen));
  },
  complete(chart, site, recorded, chosen) {
    const topics = catalogsOn(site, chosen).includes('kafka')
      ? [...recorded.values()].flatMap((each) => each.topics)
      : [];
    checkTopics(site, chosen, topics);
    const descriptions = catalogsOn(site, chosen).includes('kafka') ? writeTopics(chart, chosen, topics) : {};
    configMap(chart, RULES.coordinator, {
      'rules.json': rulesOf(site, chosen, topics),
      'groups.txt': groupsOf(site, chosen),
    });
    const configuration = writeCatalogs(chart, chosen, topics, descriptions);
    writeCoordinator(chart, chosen, configuration);
    writeWorkers(chart, chosen, configuration, workerSets(site.cloud, chosen));
  },
});
