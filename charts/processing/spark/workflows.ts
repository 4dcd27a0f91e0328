import type { ComponentChart } from '../../../core/chart';
import { role } from '../../../core/rbac';
import { WORKFLOW_ACCOUNT } from '../argo-workflows';
import { refuseFailedJobs } from './failed-jobs';
import { writeJobTemplate } from './job-template';
import { writeMedallion } from './medallion';
import { WORKFLOW_PODS } from './rbac';
import type { Settings } from './settings';
import type { TeamPods } from './teams';

const NAME = 'workflow-spark-jobs';

/** What workflows start jobs with; the pods of a job are the same in every namespace of a team. */
export function writeWorkflows(
  chart: ComponentChart,
  settings: Settings,
  pods: ReadonlyMap<string, TeamPods>,
): void {
  for (const namespace of pods.keys()) {
    role(chart, NAME, { name: WORKFLOW_ACCOUNT, namespace }, WORKFLOW_PODS, namespace);
  }
  const [first] = pods.values();
  if (first) writeJobTemplate(chart, settings, first);
  refuseFailedJobs(chart);
  writeMedallion(chart, settings);
}
