import { duration } from '../core/duration';

/** Option: how soon a changed secret reaches the cluster. */
export const secretRefresh = () =>
  duration().default('1h').describe('How often the cluster looks for changed values in the store of secrets');
