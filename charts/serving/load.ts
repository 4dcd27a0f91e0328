import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../core/chart';
import { demandJob } from '../../core/job';
import type { Resources } from '../../core/workload';

const NAME = 'load-trips';

/**
 * The batch of the example, each morning: what the presentation layer has then.
 * @param backoffLimit how often a load that failed is tried again
 */
export function writeLoad(
  chart: ComponentChart,
  template: k8s.PodTemplateSpec,
  { backoffLimit, resources }: { readonly backoffLimit: number; readonly resources: Resources },
): void {
  new k8s.KubeCronJob(chart, 'load', {
    metadata: { name: NAME, namespace: chart.home },
    spec: {
      schedule: '0 6 * * *',
      // There is nothing to load before somebody has exported it; see docs/serving.md.
      suspend: true,
      concurrencyPolicy: 'Forbid',
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 3,
      jobTemplate: { spec: { backoffLimit, template } },
    },
  });
  demandJob(chart, { name: NAME, role: 'set-up', resources });
}
