import { InputError, type Problem } from '../core/problem';
import { type Synthesis, synthesize } from '../core/synth';
import { chosenSites, loadOverlay } from './overlays';
import type { Program } from './program';

/**
 * Renders the sites that were asked for, or all, one after the other.
 * @throws InputError with the problems of all sites, once each was tried
 */
export function synthesizeSites(
  { root, load, platform }: Program,
  asked: readonly string[],
  progress: (site: string, index: number, count: number) => void = () => {},
): Map<string, { readonly synthesis: Synthesis; readonly milliseconds: number }> {
  const names = chosenSites(root, asked);
  const done = new Map<string, { synthesis: Synthesis; milliseconds: number }>();
  const problems: Problem[] = [];
  names.forEach((site, index) => {
    progress(site, index, names.length);
    const start = performance.now();
    try {
      const synthesis = synthesize(site, loadOverlay(root, site, load), platform);
      done.set(site, { synthesis, milliseconds: performance.now() - start });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...error.problems.map((problem) => ({ site, ...problem })));
    }
  });
  if (problems.length > 0) throw new InputError(problems);
  return done;
}
