import { groupOf, type Manifest } from './manifest';
import type { KeyToPath, PodTemplate } from './pods';

/** An object that another one names. */
export interface Reference {
  readonly group: string;
  readonly kind: string;
  /** Undefined for kinds without a namespace. */
  readonly namespace: string | undefined;
  readonly name: string;
  /** Where it is named, for messages. */
  readonly path: string;
  /** The key of its data that is read, where one is named. */
  readonly key?: string | undefined;
}

/** Which object is meant, wherever it is named. */
export type Identifier = Pick<Reference, 'group' | 'kind' | 'namespace' | 'name'>;

/** An object that a controller makes in the cluster, and that therefore is not in dist. */
export interface Made extends Identifier {
  /** Keys of its data, where they are known. */
  readonly keys?: readonly string[] | undefined;
}

/** Identity of an object inside a site: `group/Kind/namespace/name`. */
export const keyOf = (object: Identifier): string =>
  `${object.group}/${object.kind}/${object.namespace ?? ''}/${object.name}`;

export const keyOfManifest = (manifest: Manifest): string =>
  keyOf({
    group: groupOf(manifest.apiVersion),
    kind: manifest.kind,
    namespace: manifest.metadata.namespace,
    name: manifest.metadata.name,
  });

/** What stands for a custom kind, for one that comes from outside: it is taken for namespaced. */
export const kindReference = (group: string, kind: string): Identifier => ({
  group: 'apiextensions.k8s.io',
  kind: 'CustomResourceDefinition',
  namespace: undefined,
  name: `${kind}.${group}`,
});

const RBAC = 'rbac.authorization.k8s.io';

/** What the pods of an object name: ConfigMaps, Secrets, claims, their ServiceAccount and PriorityClass. */
export function podReferences(pod: PodTemplate, namespace: string | undefined): Reference[] {
  const found: Reference[] = [];
  const push = (reference: Identifier, path: string, key?: string) =>
    found.push({ ...reference, path: join(pod.path, path), ...(key === undefined ? {} : { key }) });
  const add = (kind: string, name: string | undefined, path: string, key?: string) => {
    if (name) push({ group: '', kind, namespace, name }, path, key);
  };
  /** The object as a whole, or each key that is taken from it. */
  const addKeys = (
    kind: string,
    name: string | undefined,
    items: readonly KeyToPath[] = [],
    path: string,
  ) => {
    if (items.length === 0) add(kind, name, path);
    for (const { key } of items) add(kind, name, path, key);
  };
  const { spec } = pod;
  add('ServiceAccount', spec.serviceAccountName, 'spec.serviceAccountName');
  if (spec.priorityClassName) {
    const priority = { group: 'scheduling.k8s.io', kind: 'PriorityClass', namespace: undefined };
    push({ ...priority, name: spec.priorityClassName }, 'spec.priorityClassName');
  }
  for (const secret of spec.imagePullSecrets ?? []) add('Secret', secret.name, 'spec.imagePullSecrets');
  for (const volume of spec.volumes ?? []) {
    const path = `spec.volumes[${volume.name}]`;
    const { configMap, secret } = volume;
    if (!configMap?.optional) addKeys('ConfigMap', configMap?.name, configMap?.items, path);
    if (!secret?.optional) addKeys('Secret', secret?.secretName, secret?.items, path);
    add('PersistentVolumeClaim', volume.persistentVolumeClaim?.claimName, path);
    for (const source of volume.projected?.sources ?? []) {
      addKeys('ConfigMap', source.configMap?.name, source.configMap?.items, path);
      addKeys('Secret', source.secret?.name, source.secret?.items, path);
    }
  }
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) {
    for (const variable of container.env ?? []) {
      const path = `spec.containers[${container.name}].env[${variable.name}]`;
      const { configMapKeyRef, secretKeyRef } = variable.valueFrom ?? {};
      if (!configMapKeyRef?.optional) add('ConfigMap', configMapKeyRef?.name, path, configMapKeyRef?.key);
      if (!secretKeyRef?.optional) add('Secret', secretKeyRef?.name, path, secretKeyRef?.key);
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
