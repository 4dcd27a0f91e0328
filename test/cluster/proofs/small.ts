import type { Outcome, Proof, Scene } from '../proof';
import { type Excuse, excuses } from '../rbac/excuses';
import { keyOf, type Permission, requestsOf } from '../rbac/requests';
import { type Role, rolesOf } from '../rbac/roles';

/** No role holds more than its program uses, as far as the programs ran. */
export const small: Proof = {
  name: 'small',
  claim: 'every permission of a controller that ran was used by a request, or has a reason',
  sites: 'fullest',
  columns: [],
  programs: [],
  after: ['controllers'],
  async run({ site, cluster }: Scene): Promise<Outcome> {
    const requests = await requestsOf(cluster.auditLog);
    const problems: string[] = [];
    const figures: string[] = [];
    for (const role of rolesOf(site.objects)) {
      const used = new Set([...role.accounts].flatMap((account) => [...(requests.get(account) ?? [])]));
      if (used.size === 0) {
        figures.push(`${site.name}: ${role.name}: nothing ran under it`);
        continue;
      }
      const unused = role.permissions.filter((permission) => !used.has(keyOf(permission)));
      const excused = unused.filter((permission) => excuseOf(role, permission) !== undefined);
      problems.push(
        ...linesOf(unused.filter((permission) => !excused.includes(permission))).map(
          (line) => `${role.name}: no request used ${line}`,
        ),
      );
      const count = role.permissions.length;
      figures.push(
        `${site.name}: ${role.name}: ${count - unused.length} of ${count} permissions used, ${excused.length} have a reason`,
      );
    }
    return { findings: [], problems, figures };
  },
};

const excuseOf = (role: Role, { group, resource, verb }: Permission): Excuse | undefined =>
  excuses.find(
    (each) =>
      each.role === role.name &&
      each.resources.includes(group ? `${resource}.${group}` : resource) &&
      each.verbs.includes(verb),
  );

/** Permissions by resource: «pods: delete, update». */
function linesOf(permissions: readonly Permission[]): string[] {
  const verbs = new Map<string, string[]>();
  for (const { group, resource, verb } of permissions) {
    const name = group ? `${resource}.${group}` : resource;
    verbs.set(name, [...(verbs.get(name) ?? []), verb]);
  }
  return [...verbs].map(([name, list]) => `${name}: ${list.join(', ')}`);
}
