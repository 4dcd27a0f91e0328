import type { PodSet } from '../../../core/chart';

export const NAME = 'autoscaling';

/** The pods that ask sources of events how much there is to do. */
export const SCALER_PODS: PodSet = { component: NAME, role: 'operator', namespace: NAME };
