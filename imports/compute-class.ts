import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';

/** A way to get a node; ways are tried from the first to the last. */
export interface ComputeClassPriority {
  readonly machineFamily?: string;
  /** Least cores of a machine. */
  readonly minCores?: number;
  readonly spot?: boolean;
  readonly storage?: {
    /** GiB */
    readonly bootDiskSize?: number;
    readonly bootDiskType?: string;
    readonly localSSDCount?: number;
  };
}

export interface ComputeClassSpec {
  readonly priorities: readonly ComputeClassPriority[];
  readonly nodePoolAutoCreation?: { readonly enabled: boolean };
  readonly nodePoolConfig?: {
    readonly nodeLabels?: Readonly<Record<string, string>>;
    readonly taints?: readonly { readonly key: string; readonly value: string; readonly effect: string }[];
    readonly imageType?: string;
    readonly serviceAccount?: string;
  };
  readonly autoscalingPolicy?: {
    /** Minutes for which a node must be little used before it goes. */
    readonly consolidationDelayMinutes?: number;
    /** Percent of use below which a node counts as little used. */
    readonly consolidationThreshold?: number;
  };
  readonly activeMigration?: { readonly optimizeRulePriority: boolean };
  readonly whenUnsatisfiable?: 'DoNotScaleUp' | 'ScaleUpAnyway';
}

/** GKE's recipe for nodes of one kind. Its CRD comes with the cluster, and is published in GoogleCloudPlatform/compute-class-api. */
export class ComputeClass extends ApiObject {
  constructor(scope: Construct, id: string, props: { readonly metadata: ApiObjectMetadata; readonly spec: ComputeClassSpec }) {
    super(scope, id, { apiVersion: 'cloud.google.com/v1', kind: 'ComputeClass', ...props });
  }
}
