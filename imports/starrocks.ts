import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';

/** A volume of each pod; `emptyDir` as the class is a folder of the node. */
export interface StorageVolume {
  readonly name: string;
  readonly storageClassName: string;
  readonly storageSize: string;
  readonly mountPath: string;
}

/** A Secret or a ConfigMap as a folder. */
export interface MountedObject {
  readonly name: string;
  readonly mountPath: string;
}

/** What frontends and compute nodes have in common. */
export interface LoadSpec {
  readonly image: string;
  readonly imagePullPolicy: 'IfNotPresent';
  readonly replicas?: number;
  readonly requests: Readonly<Record<'cpu' | 'memory', string>>;
  readonly limits: Readonly<Record<'memory', string>>;
  readonly serviceAccount: string;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly affinity?: k8s.Affinity;
  readonly tolerations?: readonly k8s.Toleration[];
  readonly topologySpreadConstraints?: readonly k8s.TopologySpreadConstraint[];
  /** As the user 1000. */
  readonly runAsNonRoot: boolean;
  readonly capabilities: { readonly drop: readonly string[] };
  readonly configMapInfo: { readonly configMapName: string; readonly resolveKey: string };
  readonly secrets?: readonly MountedObject[];
  readonly storageVolumes?: readonly StorageVolume[];
  readonly terminationGracePeriodSeconds?: number;
  readonly startupProbeFailureSeconds?: number;
}

export interface StarRocksClusterSpec {
  readonly starRocksFeSpec: LoadSpec & { readonly feEnvVars: readonly k8s.EnvVar[] };
  readonly starRocksCnSpec: LoadSpec & {
    readonly cnEnvVars: readonly k8s.EnvVar[];
    readonly autoScalingPolicy: {
      readonly minReplicas: number;
      readonly maxReplicas: number;
      readonly version: 'v2';
      /** Metrics as the API `autoscaling/v2beta2` writes them, which `v2` has not changed. */
      readonly hpaPolicy: {
        readonly metrics: readonly {
          readonly type: 'Resource';
          readonly resource: {
            readonly name: 'cpu';
            readonly target: { readonly type: 'Utilization'; readonly averageUtilization: number };
          };
        }[];
      };
    };
  };
}

interface Props {
  readonly metadata: ApiObjectMetadata;
  readonly spec: StarRocksClusterSpec;
}

/** Frontends and compute nodes that share tables in the object store. */
export class StarRocksCluster extends ApiObject {
  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id, { apiVersion: 'starrocks.com/v1', kind: 'StarRocksCluster', ...props });
  }
}
