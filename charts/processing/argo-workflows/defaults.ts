import type { ComponentChart } from '../../../core/chart';
import type { Identity } from '../../../core/cloud';
import { restrictedPod } from '../../../core/workload';
import type { WorkflowSpec } from '../../../imports/argo-workflows';
import { placed } from './placed';
import { RETRY_ON_NODE_LOSS } from './retry';
import type { Settings } from './settings';
import { KEPT_DAYS, USER, WORKFLOW_ACCOUNT } from './workload';

/** Root file systems are read-only, and programs expect to write here. */
const TMP = { name: 'step-tmp', mountPath: '/tmp' };

/** The same for the first container of a pod, which writes there where a step makes a resource; every pod has it. */
const INIT_TMP = { name: 'tmp-dir-argo', mountPath: '/tmp', subPath: 'init' };

/** What the controller calls the container of a step, whatever its template says. */
const MAIN = 'main';

/** Seconds. */
const HOUR = 3600;
const DAY = 24 * HOUR;

/** What holds for every workflow that does not say otherwise. */
export function workflowDefaults(
  chart: ComponentChart,
  { podLabels }: Identity,
  settings: Settings,
): WorkflowSpec {
  const { affinity, tolerations, metadata, priorityClassName } = placed(chart.site);
  const labels = { ...metadata.labels, ...podLabels };
  return {
    serviceAccountName: WORKFLOW_ACCOUNT,
    affinity,
    tolerations,
    podMetadata: { labels, annotations: { ...chart.site.cloud.undisturbed } },
    podPriorityClassName: priorityClassName,
    // Published twice as well.
    securityContext: restrictedPod(USER) as NonNullable<WorkflowSpec['securityContext']>,
    podSpecPatch: JSON.stringify({
      enableServiceLinks: false,
      initContainers: [{ name: 'init', volumeMounts: [INIT_TMP] }],
    }),
    volumes: [{ name: TMP.name, emptyDir: {} }],
    templateDefaults: {
      container: { name: MAIN, volumeMounts: [TMP] },
      script: { name: MAIN, volumeMounts: [TMP] },
    },
    retryStrategy: RETRY_ON_NODE_LOSS,
    parallelism: settings.parallelism.max,
    activeDeadlineSeconds: DAY,
    ttlStrategy: { secondsAfterSuccess: DAY, secondsAfterFailure: KEPT_DAYS * DAY },
    // Logs are in the bucket by then; pods that failed stay to be looked at until their workflow goes.
    podGC: { strategy: 'OnPodSuccess', deleteDelayDuration: '1m' },
    // Asked for by nobody yet; a workflow that asks for it adds a strategy, and its pod is placed like any other.
    artifactGC: {
      strategy: 'Never',
      serviceAccountName: WORKFLOW_ACCOUNT,
      podMetadata: { labels },
      podSpecPatch: JSON.stringify({ affinity, tolerations, priorityClassName }),
    },
  };
}
