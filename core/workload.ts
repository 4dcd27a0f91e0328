import { k8s } from 'cdk8s-plus-27';
import { type Autoscaler, byCpu } from './autoscaler';
import type { ComponentChart } from './chart';
import type { Identity } from './cloud';
import { scheduling } from './placement';
import { parseQuantity } from './quantity';
import type { Scale } from './scale';

/** PriorityClass by what a pod is for; the classes are rendered by the component that brings them. */
export const PRIORITIES = {
  system: 'lakeport-system',
  'serving-high': 'lakeport-serving-high',
  serving: 'lakeport-serving',
  'serving-low': 'lakeport-serving-low',
  interactive: 'lakeport-interactive',
  'batch-high': 'lakeport-batch-high',
  batch: 'lakeport-batch',
  'batch-low': 'lakeport-batch-low',
} as const;
export type Priority = keyof typeof PRIORITIES;

/** Something mounted into a container; `source` is a volume without its name. */
export interface Mount {
  readonly name: string;
  readonly path: string;
  readonly subPath?: string;
  readonly source: Omit<k8s.Volume, 'name'>;
}

export interface WorkloadProps {
  /** Name of the Deployment and of its container. */
  readonly name: string;
  /** Role among the component's pods; decides the placement. */
  readonly role: string;
  /** Default: the component's home. */
  readonly namespace?: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly k8s.EnvVar[];
  /** Ports by name. */
  readonly ports?: Readonly<Record<string, number>>;
  readonly startupProbe?: k8s.Probe;
  readonly readinessProbe?: k8s.Probe;
  readonly livenessProbe?: k8s.Probe;
  readonly resources: Resources;
  readonly serviceAccount: string;
  /** Whether the pods call the API server: mounts the token and opens the way. */
  readonly apiServer: boolean;
  /** Rights in the cloud, from `chart.grant`. */
  readonly identity?: Identity;
  readonly priority: Priority;
  /** Replicas: a range, which an autoscaler moves in, or `fixed`. */
  readonly replicas: Scale;
  /** What moves them. Default: `byCpu()`. */
  readonly autoscaler?: Autoscaler;
  readonly mounts?: readonly Mount[];
  /** Programs that run to their end, one after the other, before the container starts. */
  readonly before?: readonly Preparation[];
  /** Whether the old pod ends before the new one starts: for a volume or a file of which there can be one user. */
  readonly recreate?: boolean;
  /** Numeric user, where the image names its user instead of numbering it. */
  readonly user?: number;
  /** Command that runs in the container before it is told to stop; the time that it takes is part of the grace period. */
  readonly preStop?: readonly string[];
  /** Seconds a pod may take to stop. Default: 30. */
  readonly gracePeriodSeconds?: number;
  /** When it is synced within its component: after what has a lower number. Default: 0. */
  readonly syncWave?: number;
  /** Annotations of the pods, such as checksums of what they read only at start. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A program that prepares something for the container after it. A volume of the same name is the same volume. */
export type Preparation = Required<
  Pick<WorkloadProps, 'name' | 'image' | 'command' | 'args' | 'resources' | 'mounts'>
>;

/** Requests of one container; the memory limit equals the memory request unless said otherwise. */
export interface Resources {
  readonly cpu: string;
  readonly memory: string;
  readonly memoryLimit?: string;
}

/** The security context of a container that the `restricted` profile admits, with a read-only root file system. */
export const restrictedContainer = (): k8s.SecurityContext => ({
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
});

/** The security context of a pod that the `restricted` profile admits. */
export const restrictedPod = (user?: number): k8s.PodSecurityContext => ({
  runAsNonRoot: true,
  ...(user === undefined ? {} : { runAsUser: user, runAsGroup: user, fsGroup: user }),
  seccompProfile: { type: 'RuntimeDefault' },
});

/** Requests and limits of a container. CPU has no limit: it would throttle while the node idles. */
export const resourceRequirements = ({ cpu, memory, memoryLimit }: Resources): k8s.ResourceRequirements => ({
  requests: { cpu: k8s.Quantity.fromString(cpu), memory: k8s.Quantity.fromString(memory) },
  limits: { memory: k8s.Quantity.fromString(memoryLimit ?? memory) },
});

/** Annotation of Argo CD. */
const SYNC_WAVE = 'argocd.argoproj.io/sync-wave';

/**
 * A Deployment whose pods hold to every rule, with a PodDisruptionBudget where there is more than one replica and an
 * autoscaler where replicas are a range.
 */
export function deployment(chart: ComponentChart, props: WorkloadProps): k8s.KubeDeployment {
  const { name, role, replicas } = props;
  const labels = chart.podLabels(role);
  const pods = chart.pods(role, props.namespace);
  const { namespace } = pods;
  // One of a name in each namespace.
  const id = props.namespace === undefined ? name : `${namespace}-${name}`;
  if (props.apiServer) chart.useApiServer(pods);
  chart.demand({
    name,
    placement: chart.placement(role),
    namespace,
    cpu: parseQuantity(props.resources.cpu),
    memory: parseQuantity(props.resources.memory),
    pods: replicas,
  });
  const scales = replicas.min < replicas.max;
  const metadata = { name, namespace };
  const annotations =
    props.syncWave === undefined ? {} : { annotations: { [SYNC_WAVE]: String(props.syncWave) } };
  if (replicas.min > 1) {
    new k8s.KubePodDisruptionBudget(chart, `${id}-budget`, {
      metadata,
      spec: { maxUnavailable: k8s.IntOrString.fromNumber(1), selector: { matchLabels: labels } },
    });
  }
  if (scales) {
    const target = { apiVersion: 'apps/v1', kind: 'Deployment', ...metadata, ...annotations };
    (props.autoscaler ?? byCpu())(chart, target, replicas);
  }
  return new k8s.KubeDeployment(chart, id, {
    metadata: { ...metadata, ...annotations },
    spec: {
      // A number here would undo what the autoscaler has set, at every sync.
      ...(scales ? {} : { replicas: replicas.typical }),
      revisionHistoryLimit: 3,
      selector: { matchLabels: labels },
      strategy: props.recreate
        ? { type: 'Recreate' }
        : {
            type: 'RollingUpdate',
            rollingUpdate: {
              maxSurge: k8s.IntOrString.fromNumber(1),
              maxUnavailable: k8s.IntOrString.fromNumber(0),
            },
          },
      template: {
        metadata: {
          labels: { ...labels, 'app.kubernetes.io/part-of': 'lakeport', ...props.identity?.podLabels },
          ...(props.annotations ? { annotations: { ...props.annotations } } : {}),
        },
        spec: podSpec(chart, props, labels),
      },
    },
  });
}

/** The pod of a workload, which holds to every rule. */
export function podSpec(
  chart: ComponentChart,
  props: Omit<WorkloadProps, 'replicas' | 'autoscaler' | 'recreate'>,
  labels: Record<string, string>,
): k8s.PodSpec {
  const { mounts = [], before = [] } = props;
  // One volume may be mounted at several paths.
  const all = [...before.flatMap((each) => each.mounts), ...mounts];
  const volumes = new Map(all.map(({ name, source }) => [name, { name, ...source }]));
  const env = [...(props.env ?? []), ...(props.identity?.env ?? [])];
  return {
    serviceAccountName: props.serviceAccount,
    automountServiceAccountToken: props.apiServer,
    enableServiceLinks: false,
    priorityClassName: PRIORITIES[props.priority],
    securityContext: restrictedPod(props.user),
    terminationGracePeriodSeconds: props.gracePeriodSeconds ?? 30,
    ...scheduling(chart.placement(props.role), chart.site.cloud.capacity, labels),
    ...(before.length > 0 ? { initContainers: before.map((each) => preparation(chart, each)) } : {}),
    containers: [
      {
        name: props.name,
        image: chart.site.image(props.image),
        imagePullPolicy: 'IfNotPresent',
        ...(props.command ? { command: [...props.command] } : {}),
        ...(props.args ? { args: [...props.args] } : {}),
        ...(env.length > 0 ? { env } : {}),
        ...(props.ports
          ? { ports: Object.entries(props.ports).map(([name, containerPort]) => ({ name, containerPort })) }
          : {}),
        ...(props.startupProbe ? { startupProbe: props.startupProbe } : {}),
        ...(props.readinessProbe ? { readinessProbe: props.readinessProbe } : {}),
        ...(props.livenessProbe ? { livenessProbe: props.livenessProbe } : {}),
        ...(props.preStop ? { lifecycle: { preStop: { exec: { command: [...props.preStop] } } } } : {}),
        resources: resourceRequirements(props.resources),
        securityContext: restrictedContainer(),
        ...(mounts.length > 0 ? { volumeMounts: mounts.map(volumeMount) } : {}),
      },
    ],
    ...(volumes.size > 0 ? { volumes: [...volumes.values()] } : {}),
  };
}

const preparation = (chart: ComponentChart, props: Preparation): k8s.Container => ({
  name: props.name,
  image: chart.site.image(props.image),
  imagePullPolicy: 'IfNotPresent',
  command: [...props.command],
  args: [...props.args],
  resources: resourceRequirements(props.resources),
  securityContext: restrictedContainer(),
  volumeMounts: props.mounts.map(volumeMount),
});

/** Volumes of a pod's own are written to; everything else is read. */
const volumeMount = ({ name, path, subPath, source }: Mount): k8s.VolumeMount => ({
  name,
  mountPath: path,
  ...(subPath ? { subPath } : {}),
  ...(source.emptyDir || source.persistentVolumeClaim ? {} : { readOnly: true }),
});
