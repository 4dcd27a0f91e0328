import { titleOf } from '../manifest';
import type { Entry, PodEntry, SiteModel } from '../model';
import type { Problem } from '../problem';

/** Something that must hold over all objects of a site. */
export interface Rule {
  /** kebab-case; shown where a rule is named. */
  readonly name: string;
  /** What holds, one sentence. */
  readonly summary: string;
  /** Everything that breaks it. */
  check(model: SiteModel): readonly Problem[];
}

/** A problem at a field of an object. */
export const at = (
  { component, manifest }: Entry,
  path: string,
  problem: Pick<Problem, 'found' | 'message' | 'remedy'>,
): Problem => ({ component, field: `${titleOf(manifest)}${path ? ` ${path}` : ''}`, ...problem });

/** A problem in a pod of an object. */
export const inPod = (
  entry: PodEntry,
  path: string,
  problem: Pick<Problem, 'found' | 'message' | 'remedy'>,
): Problem => at(entry, [entry.pod.path, path].filter(Boolean).join('.'), problem);
