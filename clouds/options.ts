import type { z } from 'zod';
import { issuesToProblems } from '../core/issues';
import { InputError } from '../core/problem';

/**
 * Options of a cloud, checked and completed.
 * @throws InputError naming each wrong option as `cloud.<option>`
 */
export function parseOptions<Schema extends z.ZodType>(
  schema: Schema,
  options: z.input<Schema>,
): z.output<Schema> {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new InputError(issuesToProblems({}, parsed.error, options, schema, ['cloud']));
}
