import type { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import type { Identity } from '../../../core/cloud';
import { scheduling } from '../../../core/placement';
import { PRIORITIES, type Priority, restrictedContainer, restrictedPod } from '../../../core/workload';
import type { PodTemplate } from '../../../imports/spark-operator';
import { PROGRAMS } from './programs';

/** The user of Spark's images, by number. */
export const SPARK_USER = 185;

/** Names by which Spark finds its own container in a template. */
export const CONTAINERS = {
  driver: 'spark-kubernetes-driver',
  executor: 'spark-kubernetes-executor',
} as const;

/** Seconds to stop in; the longest notice of a spot node is two minutes, and the node ends what needs longer. */
export const GRACE_PERIOD = { driver: 60, executor: 120 } as const;

/** Where Spark puts what does not fit into memory. */
export const LOCAL_DIR = '/var/data/spark-local';

/** Folders that Spark writes to in an image that is read-only otherwise. */
export const WRITABLE: readonly { readonly name: string; readonly path: string }[] = [
  { name: 'tmp', path: '/tmp' },
  { name: 'work', path: '/opt/spark/work-dir' },
  // Spark takes volumes whose name starts so for shuffle files.
  { name: 'spark-local-dir-1', path: LOCAL_DIR },
];

type Kind = 'driver' | 'executor';

/** A driver that is evicted takes its job along. */
const PRIORITY: Readonly<Record<Kind, Priority>> = { driver: 'serving', executor: 'batch' };

/** Label that Spark gives to all pods of one application, with its id. */
const APPLICATION = 'spark-app-selector';

/**
 * Everything of a pod that Spark has no setting for; it holds with and without the operator's webhook.
 * @param role of the pod, which says where it runs
 */
export function podTemplate(
  chart: ComponentChart,
  kind: Kind,
  role: string,
  identity: Identity,
): PodTemplate {
  const placement = chart.placement(role);
  // Executors that are split over slots are split within each application.
  const spread = typeof placement === 'object' ? chart.podLabels(role) : undefined;
  const volumes: k8s.Volume[] = WRITABLE.map(({ name }) => ({ name, emptyDir: {} }));
  const volumeMounts: k8s.VolumeMount[] = WRITABLE.map(({ name, path }) => ({ name, mountPath: path }));
  if (kind === 'driver') {
    volumes.push({ name: 'programs', configMap: { name: PROGRAMS.name } });
    volumeMounts.push({ name: 'programs', mountPath: PROGRAMS.path, readOnly: true });
  }
  return {
    metadata: {
      labels: {
        ...chart.podLabels(role),
        'app.kubernetes.io/part-of': 'lakeport',
        ...identity.podLabels,
      },
      annotations: { ...chart.site.cloud.undisturbed },
    },
    spec: {
      ...scheduling(placement, chart.site.cloud.capacity, spread, [APPLICATION]),
      priorityClassName: PRIORITIES[PRIORITY[kind]],
      securityContext: restrictedPod(SPARK_USER),
      // Only the driver asks the API server for something: executors.
      automountServiceAccountToken: kind === 'driver',
      enableServiceLinks: false,
      terminationGracePeriodSeconds: GRACE_PERIOD[kind],
      volumes,
      containers: [
        {
          name: CONTAINERS[kind],
          securityContext: restrictedContainer(),
          volumeMounts,
          ...(identity.env.length > 0 ? { env: [...identity.env] } : {}),
        },
      ],
    },
  };
}
