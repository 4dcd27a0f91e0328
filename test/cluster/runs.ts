import type { Say } from './binaries';
import type { Finding, Outcome, Proof, Scene } from './proof';
import { proofs } from './proofs';
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
      for (const proof of group === shared ? completed(group) : group) {
        const started = Date.now();
        const outcome = await attempt(proof, scene);
        results.push({ proof, site: site.name, outcome, seconds: seconds(started) });
        say(`${site.name}: ${proof.name} in ${seconds(started)} s`);
      }
    } finally {
      await scene.cluster.stop();
    }
  }
  return results;
}

/** Proofs of a shared cluster with those that they need there, in their order; all start from what `accepted` made. */
function completed(chosen: readonly Proof[]): Proof[] {
  const names = new Set([accepted.name, ...chosen.flatMap(({ name, after = [] }) => [name, ...after])]);
  return proofs.filter(({ name }) => names.has(name));
}

/** Runs a proof; where it breaks off, nothing of what it was to prove is proven. */
async function attempt(proof: Proof, scene: Scene): Promise<Outcome> {
  try {
    return await proof.run(scene);
  } catch (error) {
    const problem = `it broke off: ${error instanceof Error ? error.message : String(error)}`;
    const findings = scene.site.components.flatMap(({ name }) =>
      proof.columns.map(
        (column): Finding => ({ component: name, column, verdict: { state: 'failed', problems: [problem] } }),
      ),
    );
    return { findings, problems: [problem], figures: [] };
  }
}
