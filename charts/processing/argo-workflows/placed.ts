import { podLabels } from '../../../core/labels';
import { scheduling } from '../../../core/placement';
import type { Site } from '../../../core/site';
import { PRIORITIES } from '../../../core/workload';
import type { Template } from '../../../imports/argo-workflows';
import { WORKFLOW_PLACEMENT, WORKFLOW_ROLE } from './workload';

type Placed = Required<Pick<Template, 'affinity' | 'tolerations' | 'metadata' | 'priorityClassName'>>;

/** What decides where the pod of a template runs and how urgent it is, and by what policies find it. */
export function placed({ cloud }: Site): Placed {
  const { affinity, tolerations = [] } = scheduling(WORKFLOW_PLACEMENT, cloud.capacity);
  return {
    // The same types of Kubernetes, published twice; these have unions where those have text.
    affinity: affinity as Placed['affinity'],
    tolerations: tolerations as Placed['tolerations'],
    metadata: { labels: podLabels('argo-workflows', WORKFLOW_ROLE) },
    priorityClassName: PRIORITIES.batch,
  };
}
