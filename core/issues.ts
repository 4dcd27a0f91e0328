import { z } from 'zod';
import { fieldPath, type Problem } from './problem';
import { hint } from './suggest';

/**
 * zod's findings in lakeport's words. A message «what; remedy» of a schema brings its own remedy.
 * @param below path of what was checked, where it is part of something else; default: it is all
 */
export function issuesToProblems(
  where: Pick<Problem, 'site' | 'component'>,
  error: z.ZodError,
  input: unknown,
  schema: z.ZodType,
  below: readonly PropertyKey[] = [],
): Problem[] {
  const json = jsonSchema(schema);
  const top = where.component === undefined ? 'overlay' : `components.${where.component}`;
  return error.issues.flatMap((issue): Problem[] => {
    const at = schemaAt(json, issue.path);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        ...where,
        field: fieldPath([...below, ...issue.path, key]),
        found: valueAt(input, [...issue.path, key]),
        message: 'there is no such setting',
        remedy: hint(key, keysOf(at)),
      }));
    }
    if (issue.code === 'invalid_key') {
      const key = String(issue.path.at(-1));
      const field = fieldPath([...below, ...issue.path]);
      // Names that the user chooses have a form, and the schema says which.
      const [message, form] = issue.issues[0]?.message.split('; ') ?? [];
      if (message && form) return [{ ...where, field, found: key, message, remedy: form }];
      const remedy = hint(key, keysOf(schemaAt(json, issue.path.slice(0, -1))));
      return [{ ...where, field, found: key, message: 'there is no such key', remedy }];
    }
    const found = valueAt(input, issue.path);
    const [message = '', remedy] = issue.message.split('; ');
    const explained = [where.component, fieldPath(issue.path)].filter(Boolean).join('.');
    const plain = remedy ?? remedyOf(issue, at) ?? `see: npx lakeport explain ${explained}`;
    return [
      {
        ...where,
        field: fieldPath([...below, ...issue.path]) || top,
        found,
        message: found === undefined ? 'is missing' : messageOf(issue, message),
        remedy: found === undefined && at?.description ? `${plain}: ${at.description}` : plain,
      },
    ];
  });
}

/** Types as people call them. */
const TYPES: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** Formats of text, with an example of each. */
const FORMATS: Readonly<Record<string, readonly [name: string, example: string]>> = {
  hostname: ['DNS name', 'db.example.com'],
  cidrv4: ['IPv4 network', '10.0.0.0/16'],
  url: ['URL', 'https://example.com'],
};

/** A message of the schema as it is; zod's own ones in plainer words. */
function messageOf(issue: z.core.$ZodIssue, message: string): string {
  if (!/^(Invalid|Too|Unrecognized)/.test(message)) return message;
  if (issue.code === 'invalid_type') return `is not ${TYPES[issue.expected] ?? issue.expected}`;
  if (issue.code === 'too_small') return SIZES[issue.origin]?.[0] ?? 'is too small';
  if (issue.code === 'too_big') return SIZES[issue.origin]?.[1] ?? 'is too large';
  if (issue.code === 'invalid_value') return 'is none of the values that it may have';
  if (issue.code === 'invalid_format') return `is no ${FORMATS[issue.format]?.[0] ?? issue.format}`;
  return message.replace(/^Invalid input: /, '');
}

const SIZES: Readonly<Record<string, readonly [few: string, many: string, unit: string]>> = {
  array: ['has too few entries', 'has too many entries', ' in the list'],
  string: ['is too short', 'is too long', ' characters'],
};

function remedyOf(issue: z.core.$ZodIssue, at: JsonSchema | undefined): string | undefined {
  if (issue.code === 'invalid_type') {
    const keys = keysOf(at);
    return keys.length > 0
      ? `write { ${keys.join(', ')} }`
      : `write ${TYPES[issue.expected] ?? issue.expected}`;
  }
  if (issue.code === 'invalid_value') return `write one of: ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'invalid_format') {
    const example = FORMATS[issue.format]?.[1];
    return example && `write one such as "${example}"`;
  }
  if (issue.code === 'too_small') {
    if (issue.origin === 'string' && issue.minimum === 1) return 'write some text';
    return `use ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unitOf(issue)}`;
  }
  if (issue.code === 'too_big') {
    return `use ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unitOf(issue)}`;
  }
  return undefined;
}

const unitOf = ({ origin }: { readonly origin: string }): string => SIZES[origin]?.[2] ?? '';

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => {
    if (typeof at !== 'object' || at === null) return undefined;
    return (at as Readonly<Record<PropertyKey, unknown>>)[key];
  }, value);
}

interface JsonSchema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly propertyNames?: { readonly enum?: readonly unknown[] };
  readonly items?: JsonSchema;
}

/** Schemas do not change, and converting one takes longer than checking with it. */
const converted = new WeakMap<z.ZodType, JsonSchema>();

function jsonSchema(schema: z.ZodType): JsonSchema {
  // zod's own type allows booleans in place of schemas; it makes none of objects.
  const json =
    converted.get(schema) ?? (z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema);
  converted.set(schema, json);
  return json;
}

/** Keys that an object may have; none where it may have any. */
const keysOf = (schema: JsonSchema | undefined): string[] =>
  schema?.properties ? Object.keys(schema.properties) : (schema?.propertyNames?.enum ?? []).map(String);

/** The schema at a path; undefined where the path leads elsewhere. */
const schemaAt = (schema: JsonSchema, path: readonly PropertyKey[]): JsonSchema | undefined =>
  path.reduce<JsonSchema | undefined>(
    (node, key) => (typeof key === 'number' ? node?.items : node?.properties?.[String(key)]),
    schema,
  );
