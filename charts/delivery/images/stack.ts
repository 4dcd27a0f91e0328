import { conflicts, type Stack, stack } from '../../../compatibility';
import { InputError } from '../../../core/problem';

/**
 * Checks that the pinned versions go together.
 * @throws InputError with every pair that upstream does not support
 */
export function requireSoundStack(chosen: Stack = stack): void {
  const found = conflicts(chosen);
  if (found.length === 0) return;
  throw new InputError(found.map(({ key, ...conflict }) => ({ field: `versions.ts ${key}`, ...conflict })));
}
