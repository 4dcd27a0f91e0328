import type { Verdict } from './proof';
import { type Cell, componentsOfDist, digestOf, type ProofRecord } from './record';
import type { Result } from './runs';

/** What is known after a run: what it judged is new; what was judged for another dist is dropped. */
export function merge(known: ProofRecord, results: readonly Result[]): ProofRecord {
  const sites: ProofRecord['sites'] = {};
  for (const [site, components] of componentsOfDist()) {
    sites[site] = {};
    for (const component of components) {
      const digest = digestOf(site, component);
      const old = known.sites[site]?.[component];
      const found = results
        .filter((each) => each.site === site)
        .flatMap(({ outcome }) => outcome.findings)
        .filter((each) => each.component === component)
        .map(({ column, verdict }) => [column, cellOf(verdict)] as const);
      const cells = { ...(old?.digest === digest ? old.cells : {}), ...Object.fromEntries(found) };
      sites[site][component] = { digest, cells };
    }
  }
  const figures = { ...known.figures };
  for (const { proof } of results) {
    figures[proof.name] = results
      .filter((each) => each.proof === proof)
      .flatMap(({ outcome }) => outcome.figures);
  }
  return { sites, figures };
}

function cellOf(verdict: Verdict): Cell {
  switch (verdict.state) {
    case 'proven':
      return { state: 'proven' };
    case 'failed':
      return { state: 'failed', why: verdict.problems[0] ?? 'it failed' };
    case 'not provable here':
      return { state: 'not provable here', why: verdict.why };
  }
}
