import { z } from 'zod';

/** One setting as a user sees it. */
export interface Setting {
  /** Dotted path below the component. */
  readonly path: string;
  readonly type: string;
  readonly description: string;
  readonly default?: unknown;
  readonly required: boolean;
  /** Whether the keys of the value are the user's. */
  readonly keyed?: true;
}

interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | false;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly propertyNames?: { readonly enum?: readonly unknown[] };
  readonly required?: readonly string[];
}

/** Every setting of a schema, outermost first. */
export const settingsOf = (schema: z.ZodType): Setting[] =>
  // zod's own type allows booleans in place of schemas; it makes none of objects.
  walk(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema, '');

function walk(schema: JsonSchema, prefix: string): Setting[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, each]) => {
    const path = prefix ? `${prefix}.${key}` : key;
    const own: Setting = {
      path,
      type: typeName(each),
      description: each.description ?? '',
      // An object whose own settings have the defaults says nothing by its own.
      ...(each.default === undefined || isEmpty(each) ? {} : { default: each.default }),
      required: (schema.required ?? []).includes(key) && each.default === undefined,
      ...(each.additionalProperties ? { keyed: true as const } : {}),
    };
    return [own, ...walk(each, path), ...(each.items ? walk(each.items, `${path}[]`) : [])];
  });
}

const isEmpty = (schema: JsonSchema): boolean =>
  schema.properties !== undefined && JSON.stringify(schema.default) === '{}';

/**
 * The settings at a path and below it, as people write the path: `teams.quota`, `teams[1].quota.cpu` and
 * `buckets.names.raw` mean `teams[].quota`, `teams[].quota.cpu` and `buckets.names`.
 */
export function settingsAt(settings: readonly Setting[], path: string): readonly Setting[] {
  const wanted = plain(path);
  const below = settings.filter((each) => `${plain(each.path)}.`.startsWith(`${wanted}.`));
  if (below.length > 0) return below;
  return settings.filter((each) => each.keyed && wanted.startsWith(`${plain(each.path)}.`));
}

const plain = (path: string): string =>
  path.replace(/\[["']?(.*?)["']?\]/g, (_, key) => (/\D/.test(key) ? `.${key}` : ''));

function typeName(schema: JsonSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.anyOf) return schema.anyOf.map(typeName).join(' | ');
  if (schema.type === 'array') return `list of ${schema.items ? typeName(schema.items) : 'values'}`;
  if (schema.additionalProperties && !schema.properties) {
    const keys = (schema.propertyNames?.enum ?? ['text']).join(' | ');
    return `object from ${keys} to ${typeName(schema.additionalProperties)}`;
  }
  return schema.type ?? 'value';
}
