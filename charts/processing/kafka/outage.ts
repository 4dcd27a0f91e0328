import type { Problem } from '../../../core/problem';

/**
 * What is wrong where a topic forgets messages before a reader that stood still can read them: it would find its
 * checkpoint pointing at nothing.
 * @param path of the object of settings that has both
 * @param field of the hours that a reader may stand still
 */
export function outageProblem(
  path: string,
  field: string,
  retentionHours: number,
  outageHours: number,
): Problem[] {
  if (retentionHours >= outageHours) return [];
  return [
    {
      field: `${path}.retentionHours`,
      found: retentionHours,
      message:
        `messages go after ${retentionHours} hours, but a reader may stand still for ${outageHours} hours ` +
        'and would then find nothing where its checkpoint points',
      remedy: `write ${outageHours} or more, or lower ${path}.${field} to ${retentionHours}`,
    },
  ];
}
