import type { Manifest } from '../../../core/manifest';
import type { DistObject } from '../site';
import type { Permission } from './requests';

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly verbs: readonly string[];
}

interface Binding {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly {
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string;
  }[];
}

/** A role of dist with the ServiceAccounts that have it. */
export interface Role {
  readonly component: string;
  /** Name without the namespaces that it is repeated in. */
  readonly name: string;
  readonly permissions: readonly Permission[];
  /** As `namespace/name`. */
  readonly accounts: ReadonlySet<string>;
}

/** Roles of dist that ServiceAccounts have; one that is repeated in several namespaces counts once. */
export function rolesOf(objects: readonly DistObject[]): Role[] {
  const roles = new Map<string, Role>();
  for (const { component, manifest } of objects) {
    if (manifest.kind !== 'Role' && manifest.kind !== 'ClusterRole') continue;
    const accounts = objects.filter((object) => binds(object.manifest, manifest)).flatMap(accountsOf);
    if (accounts.length === 0) continue;
    const key = `${manifest.kind} ${manifest.metadata.name}`;
    const known = roles.get(key);
    roles.set(key, {
      component,
      name: key,
      permissions: known?.permissions ?? permissionsOf(manifest),
      accounts: new Set([...(known?.accounts ?? []), ...accounts]),
    });
  }
  return [...roles.values()];
}

// The kind tells the shape: the API server refuses such an object of any other.
const bindingOf = (manifest: Manifest): Binding => manifest as unknown as Binding;

function binds(binding: Manifest, role: Manifest): boolean {
  if (!binding.kind.endsWith('RoleBinding')) return false;
  const { roleRef } = bindingOf(binding);
  const here = role.kind === 'ClusterRole' || binding.metadata.namespace === role.metadata.namespace;
  return here && roleRef.kind === role.kind && roleRef.name === role.metadata.name;
}

const accountsOf = ({ manifest }: DistObject): string[] =>
  (bindingOf(manifest).subjects ?? [])
    .filter(({ kind }) => kind === 'ServiceAccount')
    .map(({ name, namespace }) => `${namespace ?? manifest.metadata.namespace}/${name}`);

function permissionsOf(role: Manifest): Permission[] {
  const { rules = [] } = role as unknown as { readonly rules?: readonly Rule[] };
  return rules.flatMap(({ apiGroups = [], resources = [], verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb) => ({ group, resource, verb }))),
    ),
  );
}
