import type { Resource } from '../api';

/** A Deployment or StatefulSet of dist, as far as a process needs it. */
export interface Workload {
  readonly name: string;
  readonly namespace: string;
  readonly pod: PodSpec;
  readonly container: Container;
}

export interface PodSpec {
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly Volume[];
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly Variable[];
  readonly envFrom?: readonly object[];
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
  readonly workingDir?: string;
  readonly volumeMounts?: readonly VolumeMount[];
  readonly securityContext?: { readonly readOnlyRootFilesystem?: boolean };
  readonly readinessProbe?: Probe;
  readonly resources?: Readonly<Record<'requests' | 'limits', Readonly<Record<string, string>>>>;
}

export interface Probe {
  readonly httpGet?: { readonly path?: string; readonly port: string | number; readonly scheme?: string };
}

export interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly fieldRef?: { readonly fieldPath: string };
    readonly secretKeyRef?: KeyRef;
    readonly configMapKeyRef?: KeyRef;
    readonly resourceFieldRef?: { readonly resource: string };
  };
}

interface KeyRef {
  readonly name: string;
  readonly key: string;
  readonly optional?: boolean;
}

export interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
  readonly readOnly?: boolean;
}

export interface Volume {
  readonly name: string;
  readonly emptyDir?: object;
  readonly persistentVolumeClaim?: { readonly claimName: string };
  readonly configMap?: Keys & { readonly name: string };
  readonly secret?: Keys & { readonly secretName: string };
  readonly projected?: { readonly sources: readonly Source[] };
}

/** Which keys of a ConfigMap or Secret become which files; all of them where there are no items. */
export interface Keys {
  readonly optional?: boolean;
  readonly items?: readonly { readonly key: string; readonly path: string }[];
}

export interface Source {
  readonly serviceAccountToken?: {
    readonly path: string;
    readonly audience?: string;
    readonly expirationSeconds?: number;
  };
  readonly configMap?: Keys & { readonly name: string };
  readonly secret?: Keys & { readonly name: string };
}

/** The pod of a workload as the API server has it, with its first container or the one that is named. */
export function workloadOf(live: Resource, containerName?: string): Workload {
  // The API server keeps no Deployment or StatefulSet of any other shape.
  const { template } = (live as unknown as { readonly spec: { readonly template: { spec: PodSpec } } }).spec;
  const { name, namespace = 'default' } = live.metadata;
  const { containers, initContainers = [] } = template.spec;
  const container = containerName
    ? [...containers, ...initContainers].find((each) => each.name === containerName)
    : containers[0];
  if (!container) throw new Error(`${live.kind} ${namespace}/${name} has no container ${containerName}`);
  return { name, namespace, pod: template.spec, container };
}
