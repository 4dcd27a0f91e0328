import fs from 'node:fs';
import path from 'node:path';
import { load } from 'js-yaml';
import { z } from 'zod';
import { InputError, type Problem } from '../../../core/problem';

/** Files of models by their path below the folder of Cube. */
export type ModelFiles = Readonly<Record<string, string>>;

export interface Models {
  /** What people may ask: the views, and the groups for which each has a policy. */
  readonly views: Readonly<Record<string, readonly string[]>>;
  /** Names of sources that cubes want. */
  readonly sources: readonly string[];
}

/** The part of a model that is looked at here; Cube itself holds the rest against its own rules. */
const policy = z.looseObject({
  group: z.string().optional(),
  groups: z.array(z.string()).optional(),
  member_level: z.looseObject({ includes: z.union([z.string(), z.array(z.string())]) }),
  row_level: z.looseObject({ allow_all: z.boolean().optional(), filters: z.array(z.unknown()).optional() }),
});
const policies = z.array(policy).min(1);
const file = z.looseObject({
  cubes: z
    .array(z.looseObject({ name: z.string(), data_source: z.string().optional(), access_policy: policies }))
    .default([]),
  views: z.array(z.looseObject({ name: z.string(), access_policy: policies })).default([]),
});

/** The files of the repository. */
export function modelFiles(): ModelFiles {
  const folder = path.join(__dirname, 'cube', 'model');
  return Object.fromEntries(
    fs
      .readdirSync(folder)
      .filter((name) => name.endsWith('.yml'))
      .sort()
      .map((name) => [`model/${name}`, fs.readFileSync(path.join(folder, name), 'utf8')]),
  );
}

/**
 * Holds models to what protects their rows: Cube lets everybody ask whatever has no policy, and `public: false` only
 * hides a cube.
 * @param sources what is on; `default` is always there
 * @throws InputError with every problem at once
 */
export function checkedModels(files: ModelFiles, sources: readonly string[]): Models {
  const problems: Problem[] = [];
  const views: Record<string, readonly string[]> = {};
  const wanted = new Set<string>();
  for (const [name, text] of Object.entries(files)) {
    const parsed = file.safeParse(load(text));
    if (!parsed.success) {
      problems.push(...parsed.error.issues.map(({ path: at, message }) => unsafe(name, at, message)));
      continue;
    }
    for (const cube of parsed.data.cubes) {
      const { data_source: source = 'default', access_policy: own } = cube;
      wanted.add(source);
      if (source !== 'default' && !sources.includes(source))
        problems.push(isOff(name, cube.name, source, sources));
      if (own.some(({ member_level: { includes } }) => includes.length > 0))
        problems.push(open(name, cube.name));
    }
    for (const view of parsed.data.views) {
      views[view.name] = [
        ...new Set(view.access_policy.flatMap(({ group, groups = [] }) => (group ? [group] : groups))),
      ];
    }
  }
  if (problems.length > 0) throw new InputError(problems);
  return { views, sources: [...wanted] };
}

const unsafe = (name: string, at: readonly PropertyKey[], message: string): Problem => ({
  field: name,
  found: at.map(String).join('.'),
  message: `does not say who may see what: ${message}`,
  remedy:
    'give each cube and each view an access_policy, and each policy member_level.includes and row_level, as docs/data-api.md shows',
});

const isOff = (name: string, cube: string, source: string, sources: readonly string[]): Problem => ({
  field: name,
  found: source,
  message: `is the source of cube ${cube}, and it is off`,
  remedy: `turn it on, or write one of: ${['default', ...sources].join(', ')}`,
});

const open = (name: string, cube: string): Problem => ({
  field: name,
  found: cube,
  message: 'is a cube whose policy shows members, past the policies of views',
  remedy: 'write member_level: { includes: [] } there, and say in a view who may see what',
});
