import type { Verdict } from './proof';
import { type Cell, componentsOfDist, digestOf, type ProofRecord } from './record';
import type { Result } from './runs';

/**
 * What is known after a run: what it judged is new, what was judged for another dist is dropped, and all else stays,
 * also what was proven and is not provable on the machine of this run.
 * @param programs lines on what ran, which start with the name of a tool
 */
export function merge(
  known: ProofRecord,
  results: readonly Result[],
  programs: readonly string[],
): ProofRecord {
  const sites: ProofRecord['sites'] = {};
  for (const [site, components] of componentsOfDist()) {
    sites[site] = {};
    const here = results.filter((each) => each.site === site).flatMap(({ outcome }) => outcome.findings);
    for (const component of components) {
      const digest = digestOf(site, component);
      const old = known.sites[site]?.[component];
      const cells = { ...(old?.digest === digest ? old.cells : {}) };
      for (const { column, verdict } of here.filter((each) => each.component === component)) {
        const fresh = cellOf(verdict);
        const stays = fresh.state === 'not provable here' && cells[column]?.state === 'proven';
        if (!stays) cells[column] = fresh;
      }
      sites[site][component] = { digest, cells };
    }
  }
  return { sites, figures: figuresOf(known, sites, results, programs) };
}

function figuresOf(
  known: ProofRecord,
  sites: ProofRecord['sites'],
  results: readonly Result[],
  programs: readonly string[],
): ProofRecord['figures'] {
  const isSame = (site: string) =>
    Object.entries(sites[site] ?? {}).every(
      ([component, { digest }]) => known.sites[site]?.[component]?.digest === digest,
    );
  const figures: ProofRecord['figures'] = {};
  const proofs = new Set([...Object.keys(known.figures), ...results.map(({ proof }) => proof.name)]);
  proofs.delete(PROGRAMS);
  for (const proof of proofs) {
    figures[proof] = Object.keys(sites).flatMap((site) => {
      const old = (known.figures[proof] ?? []).filter((line) => line.startsWith(`${site}: `));
      const result = results.find((each) => each.proof.name === proof && each.site === site);
      if (!result) return isSame(site) ? old : [];
      return isUnprovable(result) && isSame(site) ? old : result.outcome.figures;
    });
  }
  const fresh = new Set(programs.map(firstWord));
  const others = (known.figures[PROGRAMS] ?? []).filter((line) => !fresh.has(firstWord(line)));
  return { ...figures, [PROGRAMS]: [...others, ...programs].sort() };
}

/** Under which the record tells what ran. */
const PROGRAMS = 'programs';

const firstWord = (line: string): string | undefined => line.split(' ')[0];

const isUnprovable = ({ outcome }: Result): boolean =>
  outcome.findings.length > 0 &&
  outcome.findings.every(({ verdict }) => verdict.state === 'not provable here');

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
