import { z } from 'zod';
import type { Component } from './component';
import { isOverlay, overlaySchema, type ResolvedOverlay } from './overlay';
import { InputError, type Problem } from './problem';
import { didYouMean } from './suggest';

/** An overlay with the components that are on and their completed settings. */
export interface ResolvedSite {
  readonly overlay: ResolvedOverlay;
  readonly components: readonly { readonly component: Component; readonly settings: unknown }[];
}

/**
 * Checks an overlay and completes it with defaults.
 * @throws InputError with every problem of the overlay at once
 */
export function resolveOverlay(site: string, value: unknown, components: readonly Component[]): ResolvedSite {
  if (!isOverlay(value)) {
    const message = 'the file does not export an overlay';
    const remedy = 'write `export default defineOverlay({ … })`';
    throw new InputError([{ site, field: 'export default', found: typeof value, message, remedy }]);
  }
  const parsed = overlaySchema.safeParse(value);
  if (!parsed.success) throw new InputError(issuesToProblems({ site }, parsed.error, value, overlaySchema));
  const overlay = parsed.data;
  const problems = [
    ...duplicateTeams(site, overlay),
    ...bucketNames(site, overlay),
    ...unknownComponents(site, overlay, components),
  ];
  const resolved = components.flatMap((component) => {
    const found = overlay.components[component.name];
    if (found === false) {
      const { name, indispensable } = component;
      if (indispensable)
        problems.push({ site, ...turnedOff(name), message: `cannot be turned off: ${indispensable}` });
      return [];
    }
    const settings = component.settings.safeParse(found ?? {});
    if (settings.success) return [{ component, settings: settings.data }];
    const where = { site, component: component.name };
    problems.push(...issuesToProblems(where, settings.error, found, component.settings));
    return [];
  });
  if (problems.length > 0) throw new InputError(problems);
  return { overlay, components: resolved };
}

function duplicateTeams(site: string, { teams }: ResolvedOverlay): Problem[] {
  const names = teams.map(({ name }) => name);
  const twice = names.filter((name, index) => names.indexOf(name) < index);
  return twice.map((found) => ({
    site,
    field: `teams[${names.lastIndexOf(found)}].name`,
    found,
    message: 'two teams have this name, and so would share a namespace',
    remedy: 'give each team a name of its own',
  }));
}

function bucketNames(site: string, { cloud, buckets }: ResolvedOverlay): Problem[] {
  const names = [
    ['buckets.prefix', `${buckets.prefix}-presentation`] as const,
    ...Object.entries(buckets.names).map(([key, name]) => [`buckets.names.${key}`, name ?? ''] as const),
  ];
  return names.flatMap(([field, found]) => {
    const why = cloud.objectStore.bucketProblem(found);
    if (!why) return [];
    return [
      {
        site,
        field,
        found,
        message: `${cloud.name} refuses this bucket name: ${why}`,
        remedy: 'choose another',
      },
    ];
  });
}

function unknownComponents(
  site: string,
  overlay: ResolvedOverlay,
  components: readonly Component[],
): Problem[] {
  const known = components.map(({ name }) => name);
  return Object.keys(overlay.components)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      site,
      field: `components.${name}`,
      found: name,
      message: 'there is no such component',
      remedy: hint(name, known),
    }));
}

const turnedOff = (name: string) => ({
  component: name,
  field: `components.${name}`,
  found: false,
  remedy: 'leave it on',
});

const hint = (found: string, known: readonly string[]): string => {
  const near = didYouMean(found, known);
  return near ? `did you mean "${near}"?` : `write one of: ${known.join(', ')}`;
};

/** zod's findings in lakeport's words. A message «what; remedy» brings its own remedy. */
export function issuesToProblems(
  where: Pick<Problem, 'site' | 'component'>,
  error: z.ZodError,
  input: unknown,
  schema: z.ZodType,
): Problem[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map(String);
    if (issue.code === 'unrecognized_keys') {
      const known = keysAt(schema, path);
      return issue.keys.map((key) => ({
        ...where,
        field: [...path, key].join('.'),
        found: valueAt(input, [...path, key]),
        message: 'there is no such setting',
        remedy: hint(key, known),
      }));
    }
    const found = valueAt(input, path);
    const [message = '', remedy] = issue.message.split('; ');
    return [
      {
        ...where,
        field: path.join('.') || 'overlay',
        found,
        message: found === undefined ? 'is missing' : messageOf(issue, message),
        remedy: remedy ?? remedyOf(issue, where.component, path),
      },
    ];
  });
}

/** A message of the schema as it is; zod's own ones in plainer words. */
function messageOf(issue: z.core.$ZodIssue, message: string): string {
  if (!/^(Invalid|Too|Unrecognized)/.test(message)) return message;
  const list = 'origin' in issue && issue.origin === 'array';
  if (issue.code === 'invalid_type') return `is no ${issue.expected}`;
  if (issue.code === 'too_small') return list ? 'has too few entries' : 'is too small';
  if (issue.code === 'too_big') return list ? 'has too many entries' : 'is too large';
  if (issue.code === 'invalid_value') return 'is none of the values that it may have';
  return message.replace(/^Invalid input: /, '');
}

function remedyOf(issue: z.core.$ZodIssue, component: string | undefined, path: readonly string[]): string {
  if (issue.code === 'invalid_type') return `give it a value of type ${issue.expected}`;
  if (issue.code === 'invalid_value') return `write one of: ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'too_big') return `use at most ${issue.maximum}`;
  if (issue.code === 'too_small') return `use at least ${issue.minimum}`;
  return `see: npx lakeport explain ${[component, ...path].filter(Boolean).join('.')}`;
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, key) => {
    if (typeof at !== 'object' || at === null) return undefined;
    return (at as Readonly<Record<string, unknown>>)[key];
  }, value);
}

/** Keys that an object schema knows at a path; none where the path leads elsewhere. */
function keysAt(schema: z.ZodType, path: readonly string[]): string[] {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  const at = path.reduce<JsonSchema | undefined>(
    (node, key) => node?.properties?.[key] ?? (/^\d+$/.test(key) ? node?.items : undefined),
    json,
  );
  return Object.keys(at?.properties ?? {});
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
}
