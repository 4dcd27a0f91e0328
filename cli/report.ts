import colors from 'picocolors';
import { describeProblem, InputError, type Problem } from '../core/problem';
import { LockError, WriteError } from '../core/write';

/** Tells what went wrong and returns the exit code. What a user cannot mend keeps its stack. */
export function reportFailure(error: unknown, json: boolean): number {
  const problems = problemsOf(error);
  if (json) console.log(JSON.stringify({ problems }, undefined, 2));
  else for (const problem of problems ?? []) console.error(`${colors.red('✖')} ${describeProblem(problem)}`);
  if (!problems) console.error(error);
  return 1;
}

/** What a user can mend; undefined for a fault of the program. */
function problemsOf(error: unknown): readonly Problem[] | undefined {
  if (error instanceof InputError) return error.problems;
  if (error instanceof WriteError) return [{ field: error.path, message: error.what, remedy: error.remedy }];
  if (error instanceof LockError) return [{ field: 'dist', message: error.what, remedy: error.remedy }];
  return undefined;
}
