import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from './chart';
import { parseQuantity } from './quantity';
import { podSpec, type WorkloadProps } from './workload';

export interface StatefulProps extends Omit<WorkloadProps, 'autoscaler' | 'recreate' | 'apiServer'> {
  /** Whether the pods call the API server: mounts the token and opens the way. Default: false. */
  readonly apiServer?: boolean;
  /** Where the volume of each pod is mounted. */
  readonly dataPath: string;
  /** Size of the volume of each pod. */
  readonly storage: string;
}

/**
 * A StatefulSet whose pods keep data of which each has a copy or a share: on nodes of their own, spread over what fails
 * apart, one of them away at a time. A Service without an address gives each pod a name, before it is ready: they find
 * each other while they start. Volumes stay when the set goes.
 */
export function statefulSet(chart: ComponentChart, props: StatefulProps): void {
  const { name, role, replicas, ports = {}, dataPath, storage, apiServer = false } = props;
  const { cloud } = chart.site;
  const labels = chart.podLabels(role);
  chart.demand({
    name,
    placement: chart.placement(role),
    namespace: chart.home,
    cpu: parseQuantity(props.resources.cpu),
    memory: parseQuantity(props.resources.memory),
    pods: replicas,
  });
  if (apiServer) chart.useApiServer(chart.pods(role));
  const metadata = { name, namespace: chart.home };
  new k8s.KubePodDisruptionBudget(chart, `${name}-budget`, {
    metadata,
    spec: { maxUnavailable: k8s.IntOrString.fromNumber(1), selector: { matchLabels: labels } },
  });
  new k8s.KubeService(chart, `${name}-members`, {
    metadata,
    spec: {
      clusterIp: 'None',
      publishNotReadyAddresses: true,
      selector: labels,
      ports: Object.entries(ports).map(([port, number]) => ({
        name: port,
        port: number,
        protocol: 'TCP',
        targetPort: k8s.IntOrString.fromString(port),
      })),
    },
  });
  const pod = podSpec(chart, { ...props, apiServer }, labels);
  const [container, ...others] = pod.containers;
  if (!container) throw new Error(`${name} has no container`);
  new k8s.KubeStatefulSet(chart, name, {
    metadata,
    spec: {
      replicas: replicas.typical,
      serviceName: name,
      podManagementPolicy: 'Parallel',
      revisionHistoryLimit: 3,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      selector: { matchLabels: labels },
      updateStrategy: { type: 'RollingUpdate' },
      template: {
        metadata: {
          labels: { ...labels, 'app.kubernetes.io/part-of': 'lakeport', ...props.identity?.podLabels },
          annotations: { ...cloud.undisturbed, ...props.annotations },
        },
        spec: {
          ...pod,
          affinity: {
            ...pod.affinity,
            podAntiAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: [
                { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: labels } },
              ],
            },
          },
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: cloud.failureDomain,
              whenUnsatisfiable: 'DoNotSchedule',
              labelSelector: { matchLabels: labels },
            },
          ],
          containers: [
            {
              ...container,
              volumeMounts: [...(container.volumeMounts ?? []), { name: 'data', mountPath: dataPath }],
            },
            ...others,
          ],
        },
      },
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: {
            accessModes: ['ReadWriteOnce'],
            storageClassName: cloud.blockStorage.name,
            resources: { requests: { storage: k8s.Quantity.fromString(storage) } },
          },
        },
      ],
    },
  });
}

/** Name of the pod in its own environment, for arguments that hold `$(POD_NAME)`. */
export const POD_NAME: k8s.EnvVar = {
  name: 'POD_NAME',
  valueFrom: { fieldRef: { fieldPath: 'metadata.name' } },
};
