import { component } from '../../../core/component';
import { parseQuantity } from '../../../core/quantity';
import { versions } from '../../../versions';
import { images, requireSoundStack } from '../../delivery/images';
import { writeAlerts } from './alerts';
import { apis } from './apis';
import { writeApplications } from './applications';
import { writeConnect } from './connect';
import { historyServer, operatorMetrics, operatorWebhook } from './endpoints';
import { writeExample } from './example';
import { writeHistoryServer } from './history';
import { isOurs } from './image';
import { writeOperator } from './operator';
import { EXECUTORS, requireJobPlacement } from './placement';
import { readPrograms } from './programs';
import { requireReadTopics } from './read-topics';
import { writeScheduler } from './scheduler';
import { settings } from './settings';
import { operatorSize } from './sizing';
import { writeStream } from './stream';
import { keepTables } from './tables';
import { writeTeam } from './teams';
import { writeTraining } from './training';
import { writeWebhook } from './webhook';
import { writeWorkflows } from './workflows';

export { ACCOUNTS } from './accounts';
export { chosenTeam } from './chosen-team';
export { historyServer, operatorMetrics, operatorWebhook, PORTS } from './endpoints';
export { SPARK_JOB } from './job-template';
export { MEDALLION } from './medallion';
export { podMemory } from './memory';
export { programUri, tripsArguments } from './programs';
export { CATALOG, placeOfTable, useCatalog } from './tables';
export { CLIENT, SESSION_BUCKETS } from './teams';

/** Runs Spark jobs of all teams: each driver on a regular node, its executors on spot nodes. */
export const spark = component({
  name: 'spark',
  summary: 'Spark jobs by an operator, executors on spot capacity; the history of jobs',
  settings,
  pods: {
    controller: 'on-demand',
    webhook: 'on-demand',
    history: 'on-demand',
    driver: 'on-demand',
    connect: 'on-demand',
    scheduler: 'on-demand',
    ...EXECUTORS,
  },
  endpoints: [operatorWebhook, operatorMetrics, historyServer],
  apis: [apis],
  namespaces: (_site, { submissionsPerMinute, queues }) => {
    const { cpu } = operatorSize(submissionsPerMinute);
    // Two operators; history and webhook, and one more of each while they are replaced.
    const cores = Math.ceil(3 * parseQuantity(cpu) + 4) + (queues ? 1 : 0);
    return [{ name: 'spark', quota: { cpu: String(cores), memory: '32Gi', pods: 16 } }];
  },
  build(chart, site, chosen) {
    requireSoundStack();
    // Jobs that start before their image is there wait for it, and so would every change of it.
    if (site.registry !== undefined && site.isOn(images.name)) chart.follow(images.name);
    chart.upstream({
      kind: 'manifests',
      name: 'spark-crds',
      repository: 'https://github.com/kubeflow/spark-operator',
      path: 'config/crd/bases',
      version: `v${versions.sparkOperator}`,
      namespace: chart.home,
    });
    const programs = readPrograms();
    const pods = new Map(
      site.teams.map((team) => [team.namespace, writeTeam(chart, chosen, programs, team)]),
    );
    writeOperator(chart, chosen);
    writeScheduler(chart, chosen);
    requireJobPlacement(chart, writeApplications(chart, chosen, pods));
    writeWebhook(chart);
    writeHistoryServer(chart, chosen);
    writeConnect(chart, chosen, (namespace) => pods.get(namespace)?.conf ?? '');
    keepTables(chart);
    writeExample(chart, chosen, pods);
    if (isOurs(site, chosen)) writeTraining(chart, chosen, pods);
    writeAlerts(chart, chosen);
    if (site.isOn('kafka')) writeStream(chart, chosen, pods);
    if (site.isOn('argo-workflows')) writeWorkflows(chart, chosen, pods);
  },
  complete: (chart, _site, _recorded, chosen) => requireReadTopics(chart, chosen),
});
