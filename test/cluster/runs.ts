import type { Say } from './binaries';
import type { LeftOut } from './left-out';
import type { Finding, Outcome, Proof, Scene } from './proof';
import { proofs } from './proofs';
import { accepted } from './proofs/accepted';
import { openScene, seconds } from './scene';
import type { DistSite } from './site';
import { TimeOver, withinTime } from './time';
import { type Fault, Unavailable } from './unavailable';

/** What a proof found for a site. */
export interface Result {
  readonly proof: Proof;
  readonly site: string;
  readonly outcome: Outcome;
}

export interface SiteRun {
  readonly results: readonly Result[];
  readonly leftOut: readonly LeftOut[];
  /** What took how long, a line each. */
  readonly times: readonly string[];
}

/**
 * Runs proofs for a site: those that need an empty cluster get one each, the others share one.
 * @param time what is not over when it ends is broken off and left out
 */
export async function proveSite(
  site: DistSite,
  chosen: readonly Proof[],
  say: Say,
  time?: AbortSignal,
): Promise<SiteRun> {
  const results: Result[] = [];
  const leftOut: LeftOut[] = [];
  const times: string[] = [];
  const note = (what: string, since: number) => {
    times.push(`${site.name}: ${what}: ${seconds(since)} s`);
    say(`${site.name}: ${what} in ${seconds(since)} s`);
  };
  const alone = chosen.filter((proof) => proof.start === 'empty' && proof !== accepted);
  const shared = chosen.filter((proof) => !alone.includes(proof));
  const groups = [completed(shared), ...alone.map((proof) => [proof])].filter((group) => group.length > 0);
  for (const group of groups) {
    const made: Result[] = [];
    try {
      await proveTogether(site, group, { made, note, say, time });
    } catch (error) {
      const [fault, why] = reasonOf(error);
      const open = group.filter(
        (proof) => chosen.includes(proof) && !made.some((each) => each.proof === proof),
      );
      for (const proof of open) {
        leftOut.push({ proof, site: site.name, fault, why });
      }
    }
    results.push(...made);
  }
  return { results, leftOut, times };
}

/** Why proofs were left out. */
function reasonOf(error: unknown): [Fault, string] {
  if (error instanceof TimeOver) return ['time', `${error.message} before it ended`];
  if (error instanceof Unavailable) return [error.fault, error.message];
  throw error;
}

interface Together {
  /** Gets results as they come. */
  readonly made: Result[];
  readonly note: (what: string, since: number) => void;
  readonly say: Say;
  readonly time: AbortSignal | undefined;
}

/** Runs proofs in one cluster, which ends with them. */
async function proveTogether(
  site: DistSite,
  group: readonly Proof[],
  { made, note, say, time }: Together,
): Promise<void> {
  time?.throwIfAborted();
  const opening = Date.now();
  const scene = await withinTime(openScene(site, say), time);
  note('a cluster', opening);
  try {
    for (const proof of group) {
      const started = Date.now();
      const outcome = await attempt(proof, scene, time);
      made.push({ proof, site: site.name, outcome });
      note(proof.name, started);
    }
  } finally {
    await scene.cluster.stop();
  }
}

/** Proofs of a shared cluster with those that they need there, in their order; all start from what `accepted` made. */
function completed(chosen: readonly Proof[]): Proof[] {
  if (chosen.length === 0) return [];
  const names = new Set([accepted.name, ...chosen.flatMap(({ name, after = [] }) => [name, ...after])]);
  return proofs.filter(({ name }) => names.has(name));
}

/** Runs a proof; where it breaks off, nothing of what it was to prove is proven. */
async function attempt(proof: Proof, scene: Scene, time: AbortSignal | undefined): Promise<Outcome> {
  try {
    return await withinTime(proof.run(scene), time);
  } catch (error) {
    if (error instanceof TimeOver) throw error;
    const problem = `it broke off: ${error instanceof Error ? error.message : String(error)}`;
    const findings = scene.site.components.flatMap(({ name }) =>
      proof.columns.map(
        (column): Finding => ({ component: name, column, verdict: { state: 'failed', problems: [problem] } }),
      ),
    );
    return { findings, problems: [problem], figures: [] };
  }
}
