import { groupOf, type Manifest } from './manifest';
import type { PodTemplate } from './pods';

/** An object that another one names. */
export interface Reference {
  readonly group: string;
  readonly kind: string;
  /** Undefined for kinds without a namespace. */
  readonly namespace: string | undefined;
  readonly name: string;
  /** Where it is named, for messages. */
  readonly path: string;
}

/** Identity of an object inside a site: `group/Kind/namespace/name`. */
export const keyOf = (object: Pick<Reference, 'group' | 'kind' | 'namespace' | 'name'>): string =>
  `${object.group}/${object.kind}/${object.namespace ?? ''}/${object.name}`;

export const keyOfManifest = (manifest: Manifest): string =>
  keyOf({
    group: groupOf(manifest.apiVersion),
    kind: manifest.kind,
    namespace: manifest.metadata.namespace,
    name: manifest.metadata.name,
  });

const RBAC = 'rbac.authorization.k8s.io';

/** What the pods of an object name: ConfigMaps, Secrets, claims, their ServiceAccount and PriorityClass. */
export function podReferences(pod: PodTemplate, namespace: string | undefined): Reference[] {
  const found: Reference[] = [];
  const add = (kind: string, name: string | undefined, path: string, group = '') => {
    const cluster = kind === 'PriorityClass';
    if (name)
      found.push({
        group,
        kind,
        namespace: cluster ? undefined : namespace,
        name,
        path: join(pod.path, path),
      });
  };
  const { spec } = pod;
  add('ServiceAccount', spec.serviceAccountName, 'spec.serviceAccountName');
  add('PriorityClass', spec.priorityClassName, 'spec.priorityClassName', 'scheduling.k8s.io');
  for (const secret of spec.imagePullSecrets ?? []) add('Secret', secret.name, 'spec.imagePullSecrets');
  for (const volume of spec.volumes ?? []) {
    const path = `spec.volumes[${volume.name}]`;
    if (!volume.configMap?.optional) add('ConfigMap', volume.configMap?.name, path);
    if (!volume.secret?.optional) add('Secret', volume.secret?.secretName, path);
    add('PersistentVolumeClaim', volume.persistentVolumeClaim?.claimName, path);
    for (const source of volume.projected?.sources ?? []) {
      add('ConfigMap', source.configMap?.name, path);
      add('Secret', source.secret?.name, path);
    }
  }
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) {
    for (const variable of container.env ?? []) {
      const path = `spec.containers[${container.name}].env[${variable.name}]`;
      const { configMapKeyRef, secretKeyRef } = variable.valueFrom ?? {};
      if (!configMapKeyRef?.optional) add('ConfigMap', configMapKeyRef?.name, path);
      if (!secretKeyRef?.optional) add('Secret', secretKeyRef?.name, path);
    }
    for (const source of container.envFrom ?? []) {
      const path = `spec.containers[${container.name}].envFrom`;
      add('ConfigMap', source.configMapRef?.name, path);
      add('Secret', source.secretRef?.name, path);
    }
  }
  return found;
}

/** The fields of built-in kinds that name other objects. */
interface Naming {
  readonly roleRef?: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly {
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string;
  }[];
  readonly webhooks?: readonly {
    readonly name: string;
    readonly clientConfig?: { readonly service?: { readonly name: string; readonly namespace: string } };
  }[];
  readonly spec?: {
    readonly scaleTargetRef?: { readonly apiVersion: string; readonly kind: string; readonly name: string };
    readonly storageClassName?: string;
    readonly policyName?: string;
    readonly volumeClaimTemplates?: readonly { readonly spec?: { readonly storageClassName?: string } }[];
  };
}

/** What an object of a built-in kind names outside its pods. */
export function objectReferences(manifest: Manifest): Reference[] {
  const { namespace } = manifest.metadata;
  const found: Reference[] = [];
  if (namespace)
    found.push({ group: '', kind: 'Namespace', namespace: undefined, name: namespace, path: 'metadata' });
  // A read-only view: every field is optional, and nothing is taken for granted.
  const { roleRef, subjects, webhooks, spec } = manifest as unknown as Naming;
  if (roleRef && manifest.kind.endsWith('RoleBinding')) {
    const scope = roleRef.kind === 'ClusterRole' ? undefined : namespace;
    found.push({ group: RBAC, kind: roleRef.kind, namespace: scope, name: roleRef.name, path: 'roleRef' });
    for (const subject of subjects ?? []) {
      if (subject.kind !== 'ServiceAccount') continue;
      found.push({
        group: '',
        kind: subject.kind,
        namespace: subject.namespace,
        name: subject.name,
        path: 'subjects',
      });
    }
  }
  for (const webhook of webhooks ?? []) {
    const service = webhook.clientConfig?.service;
    if (service) found.push({ group: '', kind: 'Service', ...service, path: `webhooks[${webhook.name}]` });
  }
  const target = spec?.scaleTargetRef;
  if (target && manifest.kind === 'HorizontalPodAutoscaler') {
    const group = groupOf(target.apiVersion);
    found.push({ group, kind: target.kind, namespace, name: target.name, path: 'spec.scaleTargetRef' });
  }
  if (spec?.policyName && manifest.kind === 'ValidatingAdmissionPolicyBinding') {
    found.push({
      group: groupOf(manifest.apiVersion),
      kind: 'ValidatingAdmissionPolicy',
      namespace: undefined,
      name: spec.policyName,
      path: 'spec.policyName',
    });
  }
  const claims = [spec, ...(spec?.volumeClaimTemplates ?? []).map((claim) => claim.spec)];
  for (const name of claims.map((claim) => claim?.storageClassName)) {
    if (!name) continue;
    found.push({
      group: 'storage.k8s.io',
      kind: 'StorageClass',
      namespace: undefined,
      name,
      path: 'storageClassName',
    });
  }
  return found;
}

const join = (head: string, tail: string): string => (head ? `${head}.${tail}` : tail);
