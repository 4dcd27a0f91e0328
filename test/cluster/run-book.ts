import { PROGRAMS } from './control-plane';
import type { LeftOut } from './left-out';
import { proofs } from './proofs';
import { problemsOf } from './report';
import type { Result, SiteRun } from './runs';
import { seconds } from './scene';
import { needsOf } from './stages';

/** What came of a run. */
export class RunBook {
  /** One for each proof and site. */
  readonly results: Result[] = [];
  readonly leftOut: LeftOut[] = [];
  /** What took how long, a line each. */
  readonly times: string[] = [];

  /** Of two results of one proof and site, as where a later stage starts from it anew, the one with problems stays. */
  add({ results, leftOut, times }: SiteRun): void {
    this.times.push(...times);
    for (const result of results) {
      const at = this.results.findIndex(({ proof, site }) => proof === result.proof && site === result.site);
      const old = this.results[at];
      if (!old) this.results.push(result);
      else if (problemsOf(old).length === 0) this.results[at] = result;
    }
    this.leftOut.push(...leftOut);
  }

  leaveOut(one: LeftOut): void {
    this.leftOut.push(one);
  }

  async timed<T>(what: string, promise: Promise<T>): Promise<T> {
    const started = Date.now();
    try {
      return await promise;
    } finally {
      if (Date.now() - started >= 1000) this.times.push(`${what}: ${seconds(started)} s`);
    }
  }

  /** Programs that ran. */
  get programs(): string[] {
    return [...new Set(this.results.flatMap(({ proof }) => [...PROGRAMS, ...needsOf(proof, proofs)]))];
  }

  get problems(): string[] {
    return this.results.flatMap(problemsOf);
  }

  /** @param strict whether it counts what could not be done on this machine or in this time */
  isFailed(strict: boolean): boolean {
    return this.problems.length > 0 || this.leftOut.some(({ fault }) => strict || fault === 'source');
  }
}
