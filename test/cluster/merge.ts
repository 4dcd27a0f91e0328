import type { Finding } from './proof';
import { type Cell, type Column, columns, componentsOfDist, digestOf, type ProofRecord } from './record';
import type { Result } from './runs';
import type { DistSite } from './site';

/** What is known after a run: cells that it judged are new, those of an older dist are dropped. */
export function merge(
  known: ProofRecord,
  results: readonly Result[],
  sites: readonly DistSite[],
): ProofRecord {
  const components: Record<string, Partial<Record<Column, Cell>>> = {};
  for (const component of new Set(sites.flatMap((site) => site.components.map(({ name }) => name)))) {
    const digest = digestOf(component);
    const old = Object.entries(known.components[component] ?? {}).filter(
      ([, cell]) => cell.digest === digest,
    );
    components[component] = Object.fromEntries(old);
    for (const column of columns()) {
      const found = results.flatMap(({ site, outcome }) =>
        outcome.findings
          .filter((each) => each.component === component && each.column === column)
          .map(({ verdict }) => ({ site, verdict })),
      );
      if (found.length > 0) components[component][column] = cellOf(digest, found);
    }
  }
  const figures = { ...known.figures };
  for (const { proof } of results) {
    figures[proof.name] = results
      .filter((each) => each.proof === proof)
      .flatMap(({ outcome }) => outcome.figures);
  }
  const inDist = componentsOfDist();
  const kept = Object.entries({ ...known.components, ...components }).filter(([name]) =>
    inDist.includes(name),
  );
  return { components: Object.fromEntries(kept), figures };
}

function cellOf(
  digest: string,
  found: readonly { readonly site: string; readonly verdict: Finding['verdict'] }[],
): Cell {
  const sites = found.map(({ site }) => site);
  for (const { site, verdict } of found) {
    if (verdict.state === 'failed')
      return { digest, state: 'failed', sites, why: `${site}: ${verdict.problems[0]}` };
  }
  if (found.some(({ verdict }) => verdict.state === 'proven')) return { digest, state: 'proven', sites };
  const [{ verdict } = { verdict: undefined }] = found;
  const why = verdict?.state === 'not provable here' ? verdict.why : 'nothing was found';
  return { digest, state: 'not provable here', sites, why };
}
