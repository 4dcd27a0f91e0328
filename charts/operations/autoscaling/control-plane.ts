import type { ComponentChart } from '../../../core/chart';

/** The namespace of the control plane. */
export const CONTROL_PLANE = 'kube-system';

/** Declares what charts that serve metrics name of the control plane. */
export function nameControlPlane(chart: ComponentChart): void {
  const rbac = 'rbac.authorization.k8s.io';
  const everywhere = [
    {
      group: rbac,
      kind: 'Role',
      namespace: CONTROL_PLANE,
      name: 'extension-apiserver-authentication-reader',
    },
    { group: '', kind: 'ServiceAccount', namespace: CONTROL_PLANE, name: 'horizontal-pod-autoscaler' },
  ];
  for (const each of everywhere) chart.external(each, 'the control plane of every cluster has it');
}
