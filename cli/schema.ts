import { z } from 'zod';

/** One setting as a user sees it. */
export interface Setting {
  /** Dotted path below the component. */
  readonly path: string;
  readonly type: string;
  readonly description: string;
  readonly default?: unknown;
  readonly required: boolean;
}

interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
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
      ...(each.default === undefined ? {} : { default: each.default }),
      required: (schema.required ?? []).includes(key) && each.default === undefined,
    };
    return [own, ...walk(each, path), ...(each.items ? walk(each.items, `${path}[]`) : [])];
  });
}

function typeName(schema: JsonSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.anyOf) return schema.anyOf.map(typeName).join(' | ');
  if (schema.type === 'array') return `list of ${schema.items ? typeName(schema.items) : 'values'}`;
  return schema.type ?? 'value';
}
