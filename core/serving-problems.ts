import type { Problem } from './problem';
import type { Advice, Candidate, ServingAdvisor, ServingNeeds } from './serving';
import { hint } from './suggest';

/** What is wrong with what an overlay needs of a database that serves. */
export function servingProblems(
  { database }: ServingNeeds,
  advisor: ServingAdvisor | undefined,
  advice: Advice | undefined,
  off: ReadonlySet<string>,
): Problem[] {
  if (!advisor || !advice) {
    const message = 'this platform has no database that serves';
    return [{ field: 'serving', message, remedy: 'leave it out' }];
  }
  if (database !== undefined) {
    const field = 'serving.database';
    if (!advisor.databases.includes(database)) {
      const message = 'is no database that serves';
      return [{ field, found: database, message, remedy: hint(database, advisor.databases) }];
    }
    if (!off.has(database)) return [];
    const message = `is chosen here, and components.${database} turns it off`;
    return [{ field, found: database, message, remedy: 'leave one of them out' }];
  }
  if (advice.chosen) return [];
  const why = advice.candidates
    .map((each) => {
      const { component } = each;
      return `${component}: ${off.has(component) ? `components.${component} turns it off` : ruledOutBy(each)}`;
    })
    .join('; ');
  return [
    {
      field: 'serving',
      message: `no database meets all of it (${why})`,
      remedy: 'ask for less on one of these lines, or choose one by name with serving.database',
    },
  ];
}

/** The lines that rule a database out, in words. */
export const ruledOutBy = ({ reasons }: Candidate): string =>
  reasons
    .filter(({ fit }) => fit === 'no')
    .map(({ need, why }) => `${need}, but ${why}`)
    .join(', and ');
