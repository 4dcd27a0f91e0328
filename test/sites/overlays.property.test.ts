import fc from 'fast-check';
import { loadOverlay, siteNames } from '../../cli/overlays';
import { settingsOf } from '../../cli/schema';
import { extendOverlay, type Overlay } from '../../core/overlay';
import { describeProblem, InputError } from '../../core/problem';
import { rules } from '../../core/rules';
import { synthesize } from '../../core/synth';
import { program } from '../../program';

const { platform, root } = program;
const bases = siteNames(root).map((site) => loadOverlay(root, site, (file) => require(file)) as Overlay);

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

test('thousands of random overlays either fail with a clear error or satisfy every rule', () => {
  const outcomes = { good: 0, refused: 0 };
  fc.assert(
    fc.property(fc.constantFrom(...bases), changes, (base, change) => {
      // The types of an overlay would refuse most slips; JavaScript and hurried people do not.
      const overlay = extendOverlay(base, change as Partial<Overlay>);
      try {
        const { model } = synthesize('random', overlay, platform);
        expect(rules.flatMap((rule) => rule.check(model))).toEqual([]);
        outcomes.good += 1;
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        outcomes.refused += 1;
        for (const problem of error.problems) {
          expect(problem).toMatchObject({
            site: 'random',
            remedy: expect.stringMatching(/\S/),
            message: expect.stringMatching(/\S/),
          });
          expect(describeProblem(problem)).toContain('random › ');
        }
      }
    }),
    { numRuns: 2000, seed: 20_261_124 },
  );
  // Were all refused, or none, the property would say nothing.
  expect(outcomes.good).toBeGreaterThan(200);
  expect(outcomes.refused).toBeGreaterThan(200);
}, 60_000);
