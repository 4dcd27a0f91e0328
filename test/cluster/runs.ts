import type { Say } from './binaries';
import type { Outcome, Proof } from './proof';
import { accepted } from './proofs/accepted';
import { openScene, seconds } from './scene';
import type { DistSite } from './site';

/** What a proof found for a site. */
export interface Result {
  readonly proof: Proof;
  readonly site: string;
  readonly outcome: Outcome;
  readonly seconds: string;
}

/** Runs proofs for a site: those that need an empty cluster get one each, the others share one. */
export async function proveSite(site: DistSite, chosen: readonly Proof[], say: Say): Promise<Result[]> {
  const results: Result[] = [];
  const alone = chosen.filter((proof) => proof.start === 'empty' && proof !== accepted);
  const shared = chosen.filter((proof) => !alone.includes(proof));
  const groups = [shared, ...alone.map((proof) => [proof])].filter((group) => group.length > 0);
  for (const group of groups) {
    const scene = await openScene(site, say);
    try {
      // What other proofs start from is what this one makes.
      const needed = group === shared && !group.includes(accepted) ? [accepted, ...group] : group;
      for (const proof of needed) {
        const started = Date.now();
        const outcome = await proof.run(scene);
        results.push({ proof, site: site.name, outcome, seconds: seconds(started) });
        say(`${site.name}: ${proof.name} in ${seconds(started)} s`);
      }
    } finally {
      await scene.cluster.stop();
    }
  }
  return results;
}
