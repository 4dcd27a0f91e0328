import type { Manifest } from '../../../core/manifest';
import type { DistObject } from '../site';
import { bindingKey, type Permission } from './requests';

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly verbs: readonly string[];
}

interface Binding {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly { readonly kind: string }[];
}

/** A role of dist that a ServiceAccount has; one that is the same in several namespaces counts once. */
export interface Role {
  /** Kind and name. */
  readonly name: string;
  /** Where it holds; empty where that is the whole cluster. */
  readonly namespaces: readonly string[];
  readonly permissions: readonly Permission[];
  /** Its bindings, as the audit log names them. */
  readonly bindings: readonly string[];
}

/** Kind and name, and where it holds. */
export function titleOf({ name, namespaces }: Role): string {
  const [first, ...others] = namespaces;
  if (!first) return name;
  return `${name} in ${first}${others.length > 0 ? ` and ${others.length} others` : ''}`;
}

/** Roles of dist that ServiceAccounts have. */
export function rolesOf(objects: readonly DistObject[]): Role[] {
  const roles = new Map<string, Role>();
  for (const { manifest } of objects) {
    if (manifest.kind !== 'Role' && manifest.kind !== 'ClusterRole') continue;
    const bindings = objects.filter((object) => binds(object.manifest, manifest)).map(keyOfBinding);
    if (bindings.length === 0) continue;
    const permissions = permissionsOf(manifest);
    const name = `${manifest.kind} ${manifest.metadata.name}`;
    // A role of the same name may be another one elsewhere.
    const key = `${name} ${JSON.stringify(permissions)}`;
    const known = roles.get(key);
    const { namespace } = manifest.metadata;
    roles.set(key, {
      name,
      namespaces: [...(known?.namespaces ?? []), ...(namespace ? [namespace] : [])],
      permissions,
      bindings: [...(known?.bindings ?? []), ...bindings],
    });
  }
  return [...roles.values()];
}

// The kind tells the shape: the API server refuses such an object of any other.
const bindingOf = (manifest: Manifest): Binding => manifest as unknown as Binding;

function binds(binding: Manifest, role: Manifest): boolean {
  if (!binding.kind.endsWith('RoleBinding')) return false;
  const { roleRef, subjects = [] } = bindingOf(binding);
  const here = role.kind === 'ClusterRole' || binding.metadata.namespace === role.metadata.namespace;
  const same = roleRef.kind === role.kind && roleRef.name === role.metadata.name;
  return here && same && subjects.some(({ kind }) => kind === 'ServiceAccount');
}

const keyOfBinding = ({ manifest: { kind, metadata } }: DistObject): string =>
  bindingKey(kind, metadata.name, metadata.namespace);

function permissionsOf(role: Manifest): Permission[] {
  const { rules = [] } = role as unknown as { readonly rules?: readonly Rule[] };
  return rules.flatMap(({ apiGroups = [], resources = [], verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb) => ({ group, resource, verb }))),
    ),
  );
}
