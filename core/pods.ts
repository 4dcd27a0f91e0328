import type { k8s } from 'cdk8s-plus-27';
import type { Manifest } from './manifest';

/** A pod that an object stands for, found in the object. */
export interface PodTemplate {
  /** Where in the object, for messages: `spec.template`. */
  readonly path: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
  /** How many of it run; a {@link import('./scale').Scale} that is declared apart counts instead. */
  readonly replicas?: number;
  /** Role, where labels do not tell it. */
  readonly role?: string;
}

/** The fields of a pod spec that checks read, as written (quantities are text). */
export interface PodSpec extends Pick<k8s.PodSpec, 'affinity' | 'nodeSelector' | 'tolerations'> {
  readonly automountServiceAccountToken?: boolean;
  readonly serviceAccountName?: string;
  readonly priorityClassName?: string;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly securityContext?: k8s.PodSecurityContext;
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly Volume[];
  readonly imagePullSecrets?: readonly { readonly name?: string }[];
}

export interface Container
  extends Pick<k8s.Container, 'name' | 'image' | 'securityContext' | 'volumeMounts' | 'ports'> {
  readonly env?: readonly k8s.EnvVar[];
  readonly envFrom?: readonly k8s.EnvFromSource[];
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
  readonly readinessProbe?: object;
  readonly livenessProbe?: object;
}

/** A key of a ConfigMap or Secret that becomes a file. */
export interface KeyToPath {
  readonly key: string;
  readonly path?: string;
}

export interface Volume {
  readonly name: string;
  readonly configMap?: {
    readonly name?: string;
    readonly optional?: boolean;
    readonly items?: readonly KeyToPath[];
  };
  readonly secret?: {
    readonly secretName?: string;
    readonly optional?: boolean;
    readonly items?: readonly KeyToPath[];
  };
  readonly persistentVolumeClaim?: { readonly claimName: string };
  readonly projected?: {
    readonly sources?: readonly {
      readonly configMap?: { readonly name?: string; readonly items?: readonly KeyToPath[] };
      readonly secret?: { readonly name?: string; readonly items?: readonly KeyToPath[] };
    }[];
  };
  readonly hostPath?: object;
  readonly [source: string]: unknown;
}

interface Template {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec: PodSpec;
}

/** Pods of the built-in kinds. */
export function builtInPods(manifest: Manifest): readonly PodTemplate[] {
  // The kind tells the shape: the API server refuses such an object of any other.
  const spec = manifest.spec as unknown as {
    readonly replicas?: number;
    readonly template: Template;
    readonly jobTemplate: { readonly spec: { readonly template: Template } };
  } & PodSpec;
  switch (manifest.kind) {
    case 'Deployment':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'ReplicaSet':
    case 'Job':
      return [
        {
          path: 'spec.template',
          labels: spec.template.metadata?.labels ?? {},
          spec: spec.template.spec,
          replicas: spec.replicas ?? 1,
        },
      ];
    case 'CronJob': {
      const template = spec.jobTemplate.spec.template;
      const path = 'spec.jobTemplate.spec.template';
      return [{ path, labels: template.metadata?.labels ?? {}, spec: template.spec, replicas: 1 }];
    }
    case 'PodTemplate': {
      // A controller makes pods of it; how many is declared apart.
      const { template } = manifest as unknown as { readonly template: Template };
      return [{ path: 'template', labels: template.metadata?.labels ?? {}, spec: template.spec }];
    }
    case 'Pod':
      return [{ path: '', labels: manifest.metadata.labels ?? {}, spec, replicas: 1 }];
    default:
      return [];
  }
}
