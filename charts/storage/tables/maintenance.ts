import type { ComponentChart } from '../../../core/chart';
import type { SiteTeam } from '../../../core/site';
import { CronWorkflow } from '../../../imports/argo-workflows';
import { WORKFLOW_ACCOUNT } from '../../processing/argo-workflows';
import { CATALOG, programUri, SPARK_JOB } from '../../processing/spark';
import { placeOf } from './places';
import type { Settings, Table } from './settings';

const NAME = 'table-maintenance';

type Cared = Exclude<Table, { format: 'hive' }>;

/**
 * A workflow for each team that has tables: one Spark job for all of them, its executors on spot nodes. Part of a site
 * with Spark and Argo Workflows.
 */
export function writeMaintenance(chart: ComponentChart, settings: Settings): void {
  if (!chart.site.isOn('spark') || !chart.site.isOn('argo-workflows')) return;
  for (const team of chart.site.teams) {
    const cared = settings.tables.filter(
      (table): table is Cared => table.format !== 'hive' && table.team === team.name,
    );
    if (cared.length > 0) writeWorkflow(chart, settings, team, cared);
  }
}

/** As the program reads a table. */
const asArgument = (chart: ComponentChart, table: Cared) => ({
  format: table.format,
  name: table.format === 'iceberg' ? `${CATALOG}.${table.name}` : chart.site.uri(table.bucket, table.path),
  days: table.retentionDays,
  mib: table.fileMebibytes ?? chart.site.buckets.fileMebibytes[placeOf(chart.site, table).bucket],
});

function writeWorkflow(
  chart: ComponentChart,
  settings: Settings,
  { namespace }: SiteTeam,
  tables: readonly Cared[],
): void {
  chart.follow('spark');
  const mutexes = [...new Set(tables.flatMap((table) => table.mutexes))];
  const reference = (template: string) => ({ name: SPARK_JOB.name, template, clusterScope: true });
  new CronWorkflow(chart, `maintenance-${namespace}`, {
    metadata: { name: NAME, namespace },
    spec: {
      schedules: [settings.schedule],
      timezone: 'UTC',
      suspend: settings.suspended,
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 3600,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
      workflowSpec: {
        serviceAccountName: WORKFLOW_ACCOUNT,
        entrypoint: 'maintain',
        onExit: 'clean-up',
        // Whoever writes one of the tables has ended then, and does not begin meanwhile.
        ...(mutexes.length > 0 ? { synchronization: { mutexes: mutexes.map((name) => ({ name })) } } : {}),
        templates: [
          {
            name: 'maintain',
            dag: {
              tasks: [
                {
                  name: 'maintain',
                  templateRef: reference(SPARK_JOB.run),
                  arguments: {
                    parameters: [
                      { name: 'step', value: 'maintain' },
                      { name: 'program', value: programUri('maintenance.py') },
                      {
                        name: 'arguments',
                        value: JSON.stringify([
                          `--tables=${JSON.stringify(tables.map((table) => asArgument(chart, table)))}`,
                        ]),
                      },
                    ],
                  },
                },
              ],
            },
          },
          {
            name: 'clean-up',
            dag: {
              tasks: [
                {
                  name: 'stop',
                  templateRef: reference(SPARK_JOB.stop),
                  when: '{{workflow.status}} != Succeeded',
                },
              ],
            },
          },
        ],
      },
    },
  });
}
