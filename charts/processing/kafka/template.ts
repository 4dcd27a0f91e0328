import type { ComponentChart } from '../../../core/chart';
import type { Identity } from '../../../core/cloud';
import { scheduling } from '../../../core/placement';
import { PRIORITIES, type Priority, restrictedContainer } from '../../../core/workload';
import type { ContainerTemplate, PodTemplate } from '../../../imports/strimzi';

/** The pods of a role, as far as the operator leaves them to us: placement, security, priority and labels. */
export function podTemplate(
  chart: ComponentChart,
  role: string,
  priority: Priority,
  { metadata, ...others }: PodTemplate = {},
  identity?: Identity,
): PodTemplate {
  const labels = chart.podLabels(role);
  return {
    metadata: {
      // They select the pods for policies; the operator finds its pods by labels of its own.
      labels: { ...labels, 'app.kubernetes.io/part-of': 'lakeport', ...identity?.podLabels },
      ...metadata,
    },
    ...scheduling(chart.placement(role), chart.site.cloud.capacity, labels),
    priorityClassName: PRIORITIES[priority],
    // The image has a numbered user of the root group, to which volumes must belong.
    securityContext: { runAsNonRoot: true, fsGroup: 0, seccompProfile: { type: 'RuntimeDefault' } },
    enableServiceLinks: false,
    ...others,
  };
}

/** A container that the `restricted` profile admits. */
export const container = (more: ContainerTemplate = {}): ContainerTemplate => ({
  securityContext: restrictedContainer(),
  ...more,
});
