import { duration } from '../core/duration';

/** Option: how soon a changed secret reaches the cluster. */
export const secretRefresh = () =>
  duration().default('1h').describe('How often the cluster looks for changed values in the store of secrets');

/** Tells what a store wants of the names of secrets, where one is not like that. */
export const keyProblem =
  (taken: RegExp, wanted: string) =>
  (key: string): string | undefined =>
    taken.test(key) ? undefined : wanted;
