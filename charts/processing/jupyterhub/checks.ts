import { InputError, type Problem } from '../../../core/problem';
import { parseQuantity } from '../../../core/quantity';
import type { Site, SiteTeam } from '../../../core/site';
import type { Profile, Settings } from './settings';

/**
 * Holds settings against each other and against the site; completes what follows from them.
 * @returns the profile of servers for which none was chosen
 * @throws InputError with every problem at once
 */
export function checked(site: Site, settings: Settings): Profile {
  const { profiles, defaultProfile, groups } = settings;
  const names = profiles.map(({ name }) => name);
  const chosen =
    defaultProfile === undefined ? profiles[0] : profiles.find(({ name }) => name === defaultProfile);
  const problems = [
    ...profiles.flatMap((each, index) => [
      ...duplicate(names, index),
      ...noNode(each, `profiles[${index}]`, site),
      ...site.teams.flatMap((team) => tooLarge(each, `profiles[${index}]`, team)),
    ]),
    ...(chosen ? [] : [missing('defaultProfile', defaultProfile, 'profile', names)]),
    ...Object.keys(groups)
      .filter((name) => !site.teams.some((team) => team.name === name))
      .map((name) =>
        missing(
          `groups.${name}`,
          name,
          'team',
          site.teams.map((team) => team.name),
        ),
      ),
    ...withoutIssuer(settings),
    ...strangers(site, settings),
  ];
  if (!chosen || problems.length > 0) throw new InputError(problems);
  return chosen;
}

function duplicate(names: readonly string[], index: number): Problem[] {
  const found = names[index];
  if (found === undefined || names.indexOf(found) === index) return [];
  const message = 'two profiles have this name, and so could not be told apart on the spawn page';
  return [{ field: `profiles[${index}].name`, found, message, remedy: 'give each a name of its own' }];
}

const missing = (
  field: string,
  found: string | undefined,
  what: string,
  names: readonly string[],
): Problem => ({
  field,
  found,
  message: `there is no such ${what}`,
  remedy: `write one of: ${names.join(', ')}`,
});

/** A server is one pod, on one node. */
function noNode({ cores, memory }: Profile, field: string, { largestNode }: Site): Problem[] {
  const asked = [
    { key: 'cores', found: cores, needed: cores, resource: 'cpu' },
    { key: 'memory', found: memory, needed: parseQuantity(memory), resource: 'memory' },
  ] as const;
  return asked
    .filter(({ needed, resource }) => needed > parseQuantity(largestNode[resource]))
    .map(({ key, found, resource }) => ({
      field: `${field}.${key}`,
      found,
      message: `is more than the largest node has for one pod, which is ${largestNode[resource]}: such a server never starts`,
      remedy: `write less, or say what your largest node has: largestNode: { ${resource}: "…" }`,
    }));
}

/** Nor may a server be more than all of its team together. */
function tooLarge({ cores, memory }: Profile, field: string, { name, quota }: SiteTeam): Problem[] {
  const asked = [
    { key: 'cores', found: cores, needed: cores, allowed: quota.cpu },
    { key: 'memory', found: memory, needed: parseQuantity(memory), allowed: quota.memory },
  ];
  return asked
    .filter(({ needed, allowed }) => needed > parseQuantity(allowed))
    .map(({ key, found, allowed }) => ({
      field: `${field}.${key}`,
      found,
      message: `is more than all of team ${name} may request together, which is ${allowed}: such a server never starts`,
      remedy: 'write less, or raise the quota of the team',
    }));
}

/** A hub with accounts of its own lets anybody sign up: that is for own machines alone, which may have no issuer. */
function strangers({ cloud }: Site, { oidc }: Settings): Problem[] {
  if (oidc || cloud.name === 'onprem') return [];
  return [
    {
      field: 'oidc',
      found: undefined,
      message: `names nobody who logs people in, and accounts of the hub itself are for own machines`,
      remedy:
        'write for example oidc: { issuer: "https://login.example.com/realms/lake" }, or turn jupyterhub off',
    },
  ];
}

/** What only an issuer gives is of no effect without one. */
function withoutIssuer({ oidc, groups, adminGroups }: Settings): Problem[] {
  if (oidc) return [];
  const given = { groups: Object.keys(groups), adminGroups };
  return Object.entries(given)
    .filter(([, names]) => names.length > 0)
    .map(([field, found]) => ({
      field,
      found,
      message: 'names groups of an issuer, and no issuer is named',
      remedy: 'name it under oidc; without one, the administrator of the hub puts users into groups',
    }));
}
