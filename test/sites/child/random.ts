import fc from 'fast-check';
import { type Setting, settingsOf } from '../../../cli/schema';
import type { Component } from '../../../core/component';
import { defineOverlay, type Overlay } from '../../../core/overlay';

const rising = fc
  .tuple(fc.nat(3), fc.nat(5), fc.integer({ min: 1, max: 8 }))
  .map(([min, more, most]) => ({ min, typical: min + more, max: min + more + most }));

/** The settings of a component that can be left out, in each object that can; deeper than those are the values. */
function optional(settings: readonly Setting[]): Setting[] {
  const parent = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('.')));
  const closed = new Set(
    settings.flatMap(({ path, required, default: value }) => [
      ...(required ? [parent(path)] : []),
      ...(value === undefined ? [] : [path]),
    ]),
  );
  return settings.filter(
    ({ path, default: value }) =>
      value !== undefined && !path.includes('[]') && !closed.has(parent(path)) && parent(path) !== path,
  );
}

/** Some of the settings of a component, with values that fit. */
function settings({ settings: schema }: Component): fc.Arbitrary<Record<string, unknown>> {
  const values = optional(settingsOf(schema)).map(({ path, default: value }) => {
    const range = typeof value === 'object' && value !== null && 'typical' in value;
    return [path, range ? rising : fc.constant(value)] as const;
  });
  return fc.record(Object.fromEntries<fc.Arbitrary<unknown>>(values), { requiredKeys: [] }).map(nested);
}

/** `{ 'a.b': 1 }` as `{ a: { b: 1 } }`. */
function nested(flat: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(flat)) {
    const [key = '', ...rest] = path.split('.');
    result[key] = rest.length === 0 ? value : merged(result[key], nested({ [rest.join('.')]: value }));
  }
  return result;
}

const merged = (one: unknown, two: Record<string, unknown>) => ({
  ...(one as typeof two | undefined),
  ...two,
});

const team = fc.record(
  {
    name: fc.stringMatching(/^[a-z][a-z0-9-]{0,10}[a-z0-9]$/),
    quota: fc.record(
      {
        cpu: fc.constantFrom('300', '1000', '2500'),
        memory: fc.constantFrom('1Ti', '4Ti', '16Ti'),
        pods: fc.integer({ min: 200, max: 3000 }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['name'] },
);

/** What an overlay may say, with values that fit. */
export const changes = (components: readonly Component[]) =>
  fc.record(
    {
      teams: fc.array(team, { minLength: 1, maxLength: 4 }),
      domain: fc.domain(),
      spotFloor: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 0.8, noNaN: true })),
      buckets: fc.record({ prefix: fc.stringMatching(/^[a-z][a-z0-9]{2,20}$/) }),
      mirrors: fc.dictionary(
        fc.constantFrom('quay.io', 'docker.io', 'ghcr.io'),
        fc.constant('mirror.example.com'),
      ),
      components: fc.record(Object.fromEntries(components.map((each) => [each.name, settings(each)]))),
    },
    { requiredKeys: ['spotFloor', 'components'] },
  );

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

/** A wrong value, a name that is not known, or nothing, at one of the places of an overlay. */
interface Slip {
  readonly place: number;
  readonly kind: 'value' | 'typo' | 'gone';
  readonly value: unknown;
}

/** One or two mistakes. */
export const slips: fc.Arbitrary<readonly Slip[]> = fc.array(
  fc.record({
    place: fc.nat(),
    kind: fc.constantFrom('value', 'value', 'value', 'value', 'typo', 'gone'),
    value: slip,
  }),
  { minLength: 1, maxLength: 2 },
);

type Place = readonly [holder: Record<string, unknown>, key: string];

/** Every field of an overlay, of the objects and lists in it, and of theirs. */
const placesOf = (value: unknown): Place[] =>
  typeof value === 'object' && value !== null
    ? Object.keys(value).flatMap((key): Place[] => {
        // A list is an object with numbers for keys.
        const holder = value as Record<string, unknown>;
        return [[holder, key], ...placesOf(holder[key])];
      })
    : [];

/** The same overlay with mistakes in it. */
export function spoil({ cloud, ...rest }: Overlay, made: readonly Slip[]): Overlay {
  const copy = structuredClone(rest);
  for (const { place, kind, value } of made) {
    const places = placesOf(copy);
    const [holder, key] = places[place % places.length] ?? [{}, ''];
    if (kind === 'value' || Array.isArray(holder)) {
      holder[key] = value;
      continue;
    }
    if (kind === 'typo') holder[`${key}s`] = holder[key];
    delete holder[key];
  }
  return defineOverlay({ cloud, ...copy });
}
