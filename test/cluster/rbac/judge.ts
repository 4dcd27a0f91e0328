import type { Excuse } from './excuses';
import { keyOf, type Permission, type Use } from './requests';
import { type Role, titleOf } from './roles';

/** What is wrong with roles, and how much of each was used. */
export interface Judgement {
  readonly problems: readonly string[];
  readonly figures: readonly string[];
}

/**
 * Holds roles against what was used of them. A permission counts as used where a request took it, and a reason where
 * none did; so a reason for what was used, or for what no role holds, is a problem as well.
 * @param uses by binding, see {@link import('./requests').usesOf}
 * @param idle by name of a role: why nothing ran under it
 */
export function judge(
  roles: readonly Role[],
  uses: ReadonlyMap<string, Use>,
  excuses: readonly Excuse[],
  idle: ReadonlyMap<string, string> = new Map(),
): Judgement {
  const problems: string[] = [];
  const figures: string[] = [];
  const reasons = new Reasons(excuses);
  for (const role of roles) {
    const title = titleOf(role);
    const why = idle.get(role.name);
    if (why !== undefined) {
      reasons.skip(role.name);
      figures.push(`${title}: not provable here: ${why}`);
      continue;
    }
    reasons.meet(role);
    const taken = (way: keyof Use) =>
      new Set(role.bindings.flatMap((binding) => [...(uses.get(binding)?.[way] ?? [])]));
    const [asked, streamed] = [taken('asked'), taken('streamed')];
    const unused = role.permissions.filter((each) => !asked.has(keyOf(each)));
    const open = unused.filter((each) => !streamed.has(keyOf(each)));
    const bare = open.filter((each) => !reasons.take(role, each));
    problems.push(...linesOf(bare).map((line) => `${title}: no request used ${line}`));
    const [all, lists, excused] = [
      role.permissions.length,
      unused.length - open.length,
      open.length - bare.length,
    ];
    const parts = [
      `${all - unused.length} of ${all} permissions used`,
      ...(lists > 0 ? [`${lists} lists streamed by a watch`] : []),
      ...(excused > 0 ? [`${excused} with a reason`] : []),
    ];
    figures.push(`${title}: ${parts.join(', ')}`);
  }
  problems.push(...reasons.idle());
  return { problems, figures };
}

/** Reasons, and which of them were needed. */
class Reasons {
  private readonly needed = new Set<string>();
  private readonly held = new Set<string>();

  constructor(private readonly excuses: readonly Excuse[]) {}

  /** Notes what a role holds. */
  meet({ name, permissions }: Role): void {
    for (const each of permissions) this.held.add(keyOfReason(name, nameOf(each), each.verb));
  }

  /** Whether there is a reason for a permission that no request used. */
  take(role: Role, permission: Permission): boolean {
    const resource = nameOf(permission);
    const key = keyOfReason(role.name, resource, permission.verb);
    const found = this.excuses.some(
      ({ role: name, resources, verbs }) =>
        name === role.name && resources.includes(resource) && verbs.includes(permission.verb),
    );
    if (found) this.needed.add(key);
    return found;
  }

  /** Notes that nothing ran under a role, so that its reasons cannot be judged. */
  skip(role: string): void {
    for (const excuse of this.excuses.filter((each) => each.role === role)) {
      for (const key of keysOf(excuse)) this.needed.add(key);
    }
  }

  idle(): string[] {
    return this.excuses.flatMap((excuse) =>
      keysOf(excuse).flatMap((key) => {
        if (this.needed.has(key)) return [];
        if (!this.held.has(key))
          return [`${key}: there is a reason for it in excuses.ts, and no role holds it`];
        if (excuse.seldom) return [];
        return [`${key}: there is a reason in excuses.ts why nothing uses it, and a request did`];
      }),
    );
  }
}

const keyOfReason = (role: string, resource: string, verb: string): string => `${role}: ${resource}: ${verb}`;

const keysOf = ({ role, resources, verbs }: Excuse): string[] =>
  resources.flatMap((resource) => verbs.map((verb) => keyOfReason(role, resource, verb)));

const nameOf = ({ group, resource }: Permission): string => (group ? `${resource}.${group}` : resource);

/** Permissions by resource: «pods: delete, update». */
function linesOf(permissions: readonly Permission[]): string[] {
  const verbs = new Map<string, string[]>();
  for (const permission of permissions) {
    const name = nameOf(permission);
    verbs.set(name, [...(verbs.get(name) ?? []), permission.verb]);
  }
  return [...verbs].map(([name, list]) => `${name}: ${list.join(', ')}`);
}
