import assert from 'node:assert/strict';
import fc from 'fast-check';
import { loadOverlay, siteNames } from '../../../cli/overlays';
import { defineOverlay, extendOverlay, type Overlay } from '../../../core/overlay';
import { describeProblem, InputError, type Problem } from '../../../core/problem';
import { type Synthesis, synthesize } from '../../../core/synth';
import { program } from '../../../program';
import { changes, slips, spoil } from './random';

// What another process does in the test of random overlays:
// node bin/run.js <this file> <runs with values that fit> <runs with slips> <seed>
const [fitting, spoilt, seed] = process.argv.slice(2).map(Number);
const { platform, root } = program;
const names = platform.components.map(({ name }) => name);

const bases = siteNames(root).map((site) => {
  const overlay = loadOverlay(root, site, program.load) as Overlay;
  // What overlays turn on by themselves is part of random ones as well.
  const more = Object.fromEntries(
    platform.components.flatMap((each) => (each.optional ? [[each.name, {}]] : [])),
  );
  const all = extendOverlay(overlay, {
    spotFloor: 0,
    serving: undefined,
    components: more,
  } as Partial<Overlay>);
  return { overlay, needs: needsOf(synthesize(site, all, platform)) };
});

/** What each component of a site needs, at whatever remove, itself included. */
function needsOf({ order }: Synthesis): ReadonlyMap<string, ReadonlySet<string>> {
  const needs = new Map(names.map((name) => [name, new Set([name])]));
  // In the order of waves, what comes before is complete.
  for (const [name] of [...order.waves].sort(([, one], [, two]) => one - two)) {
    for (const { from, to } of order.edges) {
      if (from === name) for (const far of needs.get(to) ?? []) needs.get(name)?.add(far);
    }
  }
  return needs;
}

/** An overlay of a few components and what they need, or of all: a run costs the same however many there are. */
const overlays = fc
  .record({
    base: fc.constantFrom(...bases),
    chosen: fc.oneof(
      { weight: 7, arbitrary: fc.subarray(names, { minLength: 1, maxLength: 2 }) },
      { weight: 1, arbitrary: fc.constant(names) },
    ),
    // With others as they are by default, since what needs many would be refused for any setting of theirs.
    changed: fc.subarray(names),
    change: changes(platform.components),
  })
  .map(({ base: { overlay, needs }, chosen, changed, change }) => {
    const touched = new Set([...chosen.slice(0, 2), ...changed]);
    const on = new Set(chosen.flatMap((name) => [...(needs.get(name) ?? [])]));
    const components = Object.fromEntries(
      names.map((name) => [name, on.has(name) && ((touched.has(name) && change.components[name]) || {})]),
    );
    // The types of an overlay would refuse most slips; JavaScript and hurried people do not.
    // What an overlay says of components names its teams, which are others here.
    const { 'data-api': api, jupyterhub: hub } = (overlay.components ?? {}) as Record<
      string,
      { oidc?: object; postgres?: object }
    >;
    const own = {
      ...overlay,
      serving: undefined,
      components: {
        'data-api': { oidc: api?.oidc, postgres: api?.postgres },
        jupyterhub: hub?.oidc ? { oidc: hub.oidc } : {},
      },
    };
    return extendOverlay(defineOverlay(own), {
      ...change,
      components,
    } as Partial<Overlay>);
  });

const clear = ({ site, message, remedy }: Problem) =>
  site === 'random' && /\S/.test(message) && /\S/.test(remedy);

/** Counts of overlays that were rendered and refused, and of good overlays in which each component is on. */
class Outcomes {
  good = 0;
  refused = 0;
  readonly rendered: Record<string, number> = Object.fromEntries(names.map((name) => [name, 0]));

  add(overlay: unknown): void {
    try {
      // It holds every rule itself, and throws where one is broken.
      const { model } = synthesize('random', overlay, platform);
      this.good += 1;
      for (const { name } of model.components) this.rendered[name] = (this.rendered[name] ?? 0) + 1;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.refused += 1;
      for (const problem of error.problems) {
        assert(clear(problem), JSON.stringify(problem));
        assert(describeProblem(problem).startsWith('random › '));
      }
    }
  }
}

const outcomes = { fitting: new Outcomes(), spoilt: new Outcomes() };
fc.assert(
  fc.property(overlays, (overlay) => outcomes.fitting.add(overlay)),
  { numRuns: fitting ?? Number.NaN, seed: seed ?? Number.NaN },
);
fc.assert(
  fc.property(overlays, slips, (overlay, made) => outcomes.spoilt.add(spoil(overlay, made))),
  { numRuns: spoilt ?? Number.NaN, seed: seed ?? Number.NaN },
);
console.log(JSON.stringify(outcomes));
