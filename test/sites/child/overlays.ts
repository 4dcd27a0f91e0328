import assert from 'node:assert/strict';
import fc from 'fast-check';
import { loadOverlay, siteNames } from '../../../cli/overlays';
import { settingsOf } from '../../../cli/schema';
import { extendOverlay, type Overlay } from '../../../core/overlay';
import { describeProblem, InputError, type Problem } from '../../../core/problem';
import { synthesize } from '../../../core/synth';
import { program } from '../../../program';

// What another process does in the test of random overlays: node bin/run.js <this file> <runs> <seed>
const [runs, seed] = process.argv.slice(2).map(Number);
if (runs === undefined || seed === undefined) throw new Error('tell how many runs, and the seed');
const { platform, root } = program;
const bases = siteNames(root).map((site) => loadOverlay(root, site, program.load) as Overlay);

/** Values that a hurried person might write anywhere. */
const slip = fc.oneof(
  fc.constantFrom<unknown>(
    '',
    'yes',
    '2 cores',
    '500m',
    '4Gi',
    '-1',
    'ÄÖ',
    -1,
    0,
    1,
    1.5,
    1e9,
    true,
    false,
    null,
    [],
    {},
  ),
  fc.string({ maxLength: 12 }),
  fc.integer({ min: -5, max: 500 }),
);

/** Mostly what fits, now and then a slip: were slips frequent, hardly any overlay would be good. */
const mostly = (good: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 30, arbitrary: good }, { weight: 1, arbitrary: slip });

const rising = fc
  .tuple(fc.nat(4), fc.nat(10), fc.integer({ min: 1, max: 20 }))
  .map(([min, more, most]) => ({ min, typical: min + more, max: min + more + most }));

/** A setting that exists, by what its schema says of it. */
const settings = platform.components.map(({ name, settings: schema }) => {
  const known = settingsOf(schema).filter(({ path }) => !path.includes('.'));
  const values = known.map(({ path, default: value }) => {
    const range = typeof value === 'object' && value !== null && 'typical' in value;
    return [path, mostly(range ? rising : fc.constant(value))] as const;
  });
  const some = fc.record(Object.fromEntries(values), { requiredKeys: [] });
  const typo = fc.constant({ typo: 1 });
  return [
    name,
    fc.oneof(
      { weight: 20, arbitrary: some },
      { weight: 1, arbitrary: typo },
      { weight: 1, arbitrary: fc.constant(false) },
    ),
  ] as const;
});

const team = fc.record(
  {
    name: mostly(fc.stringMatching(/^[a-z][a-z0-9-]{0,10}[a-z0-9]$/)),
    quota: fc.record(
      {
        cpu: mostly(fc.constantFrom('300', '500', '100')),
        memory: mostly(fc.constantFrom('1Ti', '4Ti')),
        pods: mostly(fc.integer({ min: 150, max: 900 })),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['name'] },
);

const changes = fc.record(
  {
    teams: mostly(fc.array(team, { minLength: 1, maxLength: 4 })),
    domain: mostly(fc.domain()),
    spotFloor: mostly(fc.double({ min: 0, max: 0.8, noNaN: true })),
    buckets: mostly(fc.record({ prefix: mostly(fc.stringMatching(/^[a-z][a-z0-9]{2,20}$/)) })),
    mirrors: mostly(
      fc.dictionary(fc.constantFrom('quay.io', 'docker.io', 'ghcr.io'), fc.constant('mirror.example.com')),
    ),
    components: fc.record(Object.fromEntries(settings), { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);

const outcomes = { good: 0, refused: 0 };
const clear = ({ site, message, remedy }: Problem) =>
  site === 'random' && /\S/.test(message) && /\S/.test(remedy);

fc.assert(
  fc.property(fc.constantFrom(...bases), changes, (base, change) => {
    // The types of an overlay would refuse most slips; JavaScript and hurried people do not.
    const overlay = extendOverlay(base, change as Partial<Overlay>);
    try {
      // It holds every rule itself, and throws where one is broken.
      synthesize('random', overlay, platform);
      outcomes.good += 1;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      outcomes.refused += 1;
      for (const problem of error.problems) {
        assert(clear(problem), JSON.stringify(problem));
        assert(describeProblem(problem).startsWith('random › '));
      }
    }
  }),
  { numRuns: runs, seed },
);
console.log(JSON.stringify(outcomes));
