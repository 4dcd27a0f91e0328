import type { ComponentChart } from '../../../core/chart';
import { CronWorkflow, WorkflowTemplate } from '../../../imports/argo-workflows';
import { WORKFLOW_ACCOUNT } from '../argo-workflows';
import { chosenTeam } from './chosen-team';
import { SPARK_JOB } from './job-template';
import { programUri, tripsArguments } from './programs';
import type { Settings } from './settings';

/** The WorkflowTemplate, in the namespace of the team that the site has chosen. */
export const MEDALLION = 'medallion';
/** Filled in by the workflow. */
const DATE = '--date={{workflow.parameters.date}}';
const LAYERS = ['raw', 'curated', 'presentation'] as const;

/** The trips of the example, one job a layer, each after the one before it. */
export function writeMedallion(chart: ComponentChart, settings: Settings): void {
  const { site } = chart;
  const { schedule, suspended, team } = settings.medallion;
  const { namespace } = chosenTeam(site, MEDALLION, team);
  const ref = (template: string) => ({ name: SPARK_JOB.name, template, clusterScope: true });
  new WorkflowTemplate(chart, MEDALLION, {
    metadata: { name: MEDALLION, namespace },
    spec: {
      serviceAccountName: WORKFLOW_ACCOUNT,
      arguments: {
        parameters: [{ name: 'date', value: 'all', description: 'The day to process, 2026-01-05, or all' }],
      },
      entrypoint: 'layers',
      // Two at once would write the same days, and two drivers that commit to a table in S3 lose commits.
      synchronization: { mutexes: [{ name: MEDALLION }] },
      // A workflow that is stopped or fails leaves no job behind; one that succeeds leaves all to be looked at.
      onExit: 'clean-up',
      templates: [
        {
          name: 'layers',
          dag: {
            tasks: LAYERS.map((layer, index) => {
              const before = LAYERS[index - 1];
              return {
                name: layer,
                ...(before ? { depends: before } : {}),
                templateRef: ref(SPARK_JOB.run),
                arguments: {
                  parameters: [
                    { name: 'step', value: layer },
                    { name: 'program', value: programUri('trips.py') },
                    {
                      name: 'arguments',
                      value: JSON.stringify([...tripsArguments(site, `${MEDALLION}/trips`, layer), DATE]),
                    },
                  ],
                },
              };
            }),
          },
        },
        {
          name: 'clean-up',
          dag: {
            tasks: [
              { name: 'stop', templateRef: ref(SPARK_JOB.stop), when: '{{workflow.status}} != Succeeded' },
            ],
          },
        },
      ],
    },
  });
  new CronWorkflow(chart, `scheduled-${MEDALLION}`, {
    metadata: { name: MEDALLION, namespace },
    spec: {
      schedules: [schedule],
      timezone: 'UTC',
      suspend: suspended,
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 3600,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
      workflowSpec: { workflowTemplateRef: { name: MEDALLION } },
    },
  });
}
