import { InputError, type Problem } from '../../core/problem';

/**
 * Why something is not to be had: the machine lacks it, such as Go, a network or space on its disk; the compiler does
 * not take its source; or the time that the run had is over.
 */
export type Fault = 'machine' | 'source' | 'time';

/** Something that a proof needs is not to be had. */
export class Unavailable extends InputError {
  constructor(
    problem: Problem,
    readonly fault: Fault,
  ) {
    super([problem]);
  }
}
