import type { Proof } from './proof';
import type { Fault } from './unavailable';

/** A proof that was asked for and not made, or not to its end. */
export interface LeftOut {
  readonly proof: Proof;
  /** The site for which it was not made; undefined: for none. */
  readonly site?: string;
  /** What stood against it: the machine, the time, or that a program does not compile. */
  readonly fault: Fault;
  readonly why: string;
}

/** What was left out for the same reason, in the order in which it is met. */
export function byReason(all: readonly LeftOut[]): Map<string, readonly LeftOut[]> {
  const reasons = new Map<string, readonly LeftOut[]>();
  for (const each of all) reasons.set(each.why, [...(reasons.get(each.why) ?? []), each]);
  return reasons;
}

/** Names of what was left out, such as «placed (azure, gcp), scale». */
export function namesOf(all: readonly LeftOut[]): string {
  const sites = new Map<string, string[]>();
  for (const { proof, site } of all) {
    sites.set(proof.name, [...(sites.get(proof.name) ?? []), ...(site === undefined ? [] : [site])]);
  }
  return [...sites]
    .map(([name, which]) => (which.length > 0 ? `${name} (${which.join(', ')})` : name))
    .join(', ');
}
