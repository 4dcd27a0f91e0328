import fs from 'node:fs';
import path from 'node:path';
import type { Site } from '../../../core/site';
import type { JsonValue } from '../../../core/yaml';
import type { CheckedSettings } from './checks';
import type { ModelFiles, Models } from './models';
import type { Sources } from './sources';

const PROGRAMS = ['cube.js', 'access.js', 'limit.js', 'question.js'] as const;

const read = (name: string): string => fs.readFileSync(path.join(__dirname, 'cube', name), 'utf8');

/** What Cube reads at start, by path. */
export const cubeFiles = (
  site: Site,
  settings: CheckedSettings,
  files: ModelFiles,
  models: Models,
  sources: Sources,
): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(PROGRAMS.map((name) => [name, read(name)])),
  ...files,
  'values.json': `${JSON.stringify(valuesOf(site, settings, models, sources), null, 2)}\n`,
});

/** The description of the API, for people and for programs that make clients. */
export const openApi = (): string => read('openapi.yaml');

/** What its configuration differs in from site to site; {@link file://./cube/access.js} has the other side. */
const valuesOf = (
  site: Site,
  { oidc, groups, roles, rows, rate, limits }: CheckedSettings,
  { views }: Models,
  { drivers }: Sources,
): JsonValue => ({
  groupsClaim: oidc.groupsClaim,
  teams: site.teams.map(({ name }) => ({ name, group: groups[name] ?? name, rows: rows[name] ?? {} })),
  roles: Object.entries(roles).map(([name, members]) => ({ name, groups: members })),
  views,
  drivers: Object.fromEntries(
    Object.entries(drivers).map(([name, { type, client }]) => [
      name,
      { type, ...(client ? { client } : {}) },
    ]),
  ),
  rate,
  // Clients ask again where an answer takes longer, and may come to another instance.
  wait: Math.min(limits.seconds, 30),
});
