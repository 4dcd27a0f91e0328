import { inspect } from 'node:util';
import { describeProblem, InputError, type Problem } from '../core/problem';
import { LockError, WriteError } from '../core/write';
import { errorColors } from './colors';

/** Tells what went wrong and returns the exit code. What a user cannot mend keeps its stack. */
export function reportFailure(error: unknown, json: boolean): number {
  const problems = problemsOf(error);
  if (!problems) console.error(error);
  else if (json) console.log(JSON.stringify({ problems }, asText, 2));
  else for (const problem of problems) console.error(`${errorColors.red('✖')} ${describeProblem(problem)}`);
  return 1;
}

/** What JSON does not have, as it would be written in TypeScript. */
const asText = (_: string, value: unknown): unknown =>
  ['function', 'bigint', 'symbol'].includes(typeof value) || Number.isNaN(value) ? inspect(value) : value;

/** What a user can mend; undefined for a fault of the program. */
function problemsOf(error: unknown): readonly Problem[] | undefined {
  if (error instanceof InputError) return error.problems;
  if (error instanceof WriteError) return [{ field: error.path, message: error.what, remedy: error.remedy }];
  if (error instanceof LockError) return [{ field: 'dist', message: error.what, remedy: error.remedy }];
  return undefined;
}
