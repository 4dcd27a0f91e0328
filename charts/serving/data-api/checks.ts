import { InputError, type Problem } from '../../../core/problem';
import type { Site } from '../../../core/site';
import type { Settings } from './settings';

/** Settings in which the issuer is named. */
export type CheckedSettings = Settings & { readonly oidc: NonNullable<Settings['oidc']> };

/**
 * Holds settings against each other and against the site.
 * @throws InputError with every problem at once
 */
export function checked(site: Site, settings: Settings): CheckedSettings {
  const { oidc, groups, rows } = settings;
  const teams = site.teams.map(({ name }) => name);
  const problems = Object.entries({ groups, rows }).flatMap(([field, byTeam]) =>
    Object.keys(byTeam)
      .filter((name) => !teams.includes(name))
      .map((name) => noTeam(`${field}.${name}`, name, teams)),
  );
  if (!oidc || problems.length > 0) throw new InputError([...(oidc ? [] : [noIssuer]), ...problems]);
  return { ...settings, oidc };
}

const noIssuer: Problem = {
  field: 'oidc',
  message: 'is missing: nobody could be let in',
  remedy:
    'name the issuer, such as oidc: { issuer: "https://login.example.com/realms/lake", jwks: "https://login.example.com/realms/lake/certs" }, or write "data-api": false',
};

const noTeam = (field: string, found: string, teams: readonly string[]): Problem => ({
  field,
  found,
  message: 'there is no such team',
  remedy: `write one of: ${teams.join(', ')}`,
});
