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

/** Folders that Spark writes to in an image that is read-only otherwise. */
const WRITABLE: readonly { readonly name: string; readonly path: string }[] = [
  { name: 'tmp', path: '/tmp' },
  { name: 'work', path: '/opt/spark/work-dir' },
  // Spark takes volumes whose name starts so for shuffle files.
  { name: 'spark-local-dir-1', path: '/var/data/spark-local' },
];

type Role = 'driver' | 'executor';

/** A driver that is evicted takes its job along. */
const PRIORITY: Readonly<Record<Role, Priority>> = { driver: 'serving', executor: 'batch' };

/** Everything of a pod that Spark has no setting for; it holds with and without the operator's webhook. */
export function podTemplate(chart: ComponentChart, role: Role, identity: Identity): PodTemplate {
  const volumes: k8s.Volume[] = WRITABLE.map(({ name }) => ({ name, emptyDir: {} }));
  const volumeMounts: k8s.VolumeMount[] = WRITABLE.map(({ name, path }) => ({ name, mountPath: path }));
  if (role === 'driver') {
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
      ...scheduling(chart.placement(role), chart.site.cloud.capacity),
      priorityClassName: PRIORITIES[PRIORITY[role]],
      securityContext: restrictedPod(SPARK_USER),
      // Only the driver asks the API server for something: executors.
      automountServiceAccountToken: role === 'driver',
      enableServiceLinks: false,
      terminationGracePeriodSeconds: GRACE_PERIOD[role],
      volumes,
      containers: [
        {
          name: CONTAINERS[role],
          securityContext: restrictedContainer(),
          volumeMounts,
          ...(identity.env.length > 0 ? { env: [...identity.env] } : {}),
        },
      ],
    },
  };
}
