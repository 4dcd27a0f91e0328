import type { ComponentChart } from '../../../core/chart';
import { role } from '../../../core/rbac';
import { ageArtifacts } from './artifacts';
import { CONTROLLER_WHERE_SERVED, STEP } from './rbac';
import { CONTROLLER, CONTROLLER_ROLE } from './workload';

/**
 * Lets the controller run workflows in a namespace that is not a team's, and lets their steps tell it how they
 * ended. Artifacts that its workflows ask to have deleted are not.
 * @param account ServiceAccount of these pods
 */
export function serveNamespace(chart: ComponentChart, namespace: string, account: string): void {
  chart.follow('argo-workflows');
  ageArtifacts(chart, [namespace], undefined);
  const controller = { name: CONTROLLER, namespace: 'argo-workflows' };
  role(chart, CONTROLLER_ROLE, controller, CONTROLLER_WHERE_SERVED, namespace);
  role(chart, account, { name: account, namespace }, STEP, namespace);
}
