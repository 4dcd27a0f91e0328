import { namesOf } from './left-out';
import { merge } from './merge';
import type { Outcome, Proof, Verdict } from './proof';
import { proofs } from './proofs';
import { componentsOfDist, digestOf, type ProofRecord } from './record';
import { RunBook } from './run-book';
import type { Result } from './runs';
import { stagesOf } from './stages';
import { TimeOver, timeOf, withinTime } from './time';

const proof = (name: string, more: Partial<Proof> = {}): Proof => ({
  name,
  claim: '',
  sites: 'every',
  columns: [],
  programs: [],
  run: async () => ({ findings: [], figures: [] }),
  ...more,
});

describe('stages', () => {
  const [first, second, after, third, last] = [
    proof('first'),
    proof('second', { programs: ['a', 'b'] }),
    proof('after', { after: ['second'] }),
    proof('third', { programs: ['c'] }),
    proof('last'),
  ];
  const all = [first, second, after, third, last];

  test('where everything is at hand there is one', () => {
    expect(stagesOf(all, all, () => false)).toEqual([all]);
  });

  test('a proof that needs a build begins another, with those after it that need no further one', () => {
    expect(stagesOf(all, all, () => true)).toEqual([[first], [second, after], [third, last]]);
    expect(stagesOf(all, all, (program) => program === 'c')).toEqual([
      [first, second, after],
      [third, last],
    ]);
  });

  test('a proof needs what those need that it comes after, also where they were not asked for', () => {
    expect(stagesOf([first, after], all, () => true)).toEqual([[first], [after]]);
  });

  test('of the proofs there are, those that need a control plane alone come first', () => {
    const [stage = []] = stagesOf(proofs, proofs, () => true);
    expect(stage.map(({ name }) => name)).toEqual(expect.arrayContaining(['accepted', 'placed']));
    expect(stage.flatMap(({ programs }) => programs)).toEqual([]);
  });
});

test('what is left out is named with its sites', () => {
  const left = { fault: 'time', why: '' } as const;
  const all = [
    { ...left, proof: proof('a'), site: 'aws' },
    { ...left, proof: proof('a'), site: 'gcp' },
    { ...left, proof: proof('b') },
  ];
  expect(namesOf(all)).toBe('a (aws, gcp), b');
});

describe('time', () => {
  test('what takes longer is broken off', async () => {
    const never = new Promise<never>(() => undefined);
    const keepsAlive = setTimeout(() => undefined, 10_000);
    await expect(withinTime(never, timeOf(0.0005))).rejects.toThrow(TimeOver);
    clearTimeout(keepsAlive);
  });

  test('what is over before is as it is', async () => {
    expect(await withinTime(Promise.resolve(1), timeOf(1))).toBe(1);
    await expect(withinTime(Promise.reject(new Error('own')), timeOf(1))).rejects.toThrow('own');
  });
});

describe('a run', () => {
  const good: Outcome = { findings: [], figures: [] };
  const bad: Outcome = { ...good, problems: ['it broke off'] };
  const accepted = proof('accepted');
  const runOf = (...results: Result[]) => {
    const book = new RunBook();
    for (const result of results) book.add({ results: [result], leftOut: [], times: [] });
    return book;
  };

  test.each([
    [good, bad],
    [bad, good],
  ])('of two results of a proof and site the one with problems stays', (one, other) => {
    const book = runOf(
      { proof: accepted, site: 'aws', outcome: one },
      { proof: accepted, site: 'aws', outcome: other },
    );
    expect(book.results.map(({ outcome }) => outcome)).toEqual([bad]);
    expect(book.isFailed(false)).toBe(true);
  });

  test.each([
    ['machine', false, true],
    ['time', false, true],
    ['source', true, true],
  ] as const)(
    'what is left out for the fault of %s fails: %s with a time, %s without',
    (fault, lax, strict) => {
      const book = runOf({ proof: accepted, site: 'aws', outcome: good });
      expect(book.isFailed(true)).toBe(false);
      book.leaveOut({ proof: accepted, fault, why: '' });
      expect([book.isFailed(false), book.isFailed(true)]).toEqual([lax, strict]);
    },
  );
});

describe('the record after a run', () => {
  const [[site = '', [component = ''] = []] = []] = [...componentsOfDist()];
  const placed = proof('placed', { columns: ['placed'] });
  const resultOf = (verdict: Verdict, figures: string[] = []): Result => ({
    proof: placed,
    site,
    outcome: { findings: [{ component, column: 'placed', verdict }], figures },
  });
  const known = (digest = digestOf(site, component)): ProofRecord => {
    const sites: ProofRecord['sites'] = {};
    for (const [name, components] of componentsOfDist()) {
      sites[name] = Object.fromEntries(
        components.map((each) => [each, { digest: digestOf(name, each), cells: {} }]),
      );
    }
    sites[site] = { ...sites[site], [component]: { digest, cells: { placed: { state: 'proven' } } } };
    return {
      sites,
      figures: {
        placed: [`${site}: old`, 'onprem: old', 'gone: old'],
        programs: ['etcd 1.0.0 built: etcd', 'kwok 1.0.0 built: kwok'],
      },
    };
  };
  const cellOf = (record: ProofRecord) => record.sites[site]?.[component]?.cells.placed;
  const unprovable: Verdict = { state: 'not provable here', why: 'the machine lacks it' };

  test('what was proven stays where it is not provable here, with its figures', () => {
    const record = merge(known(), [resultOf(unprovable)], []);
    expect(cellOf(record)).toEqual({ state: 'proven' });
    expect(record.figures.placed).toEqual([`${site}: old`, 'onprem: old']);
  });

  test('what is found wrong replaces it', () => {
    const failed: Verdict = { state: 'failed', problems: ['it is on no node'] };
    expect(cellOf(merge(known(), [resultOf(failed)], []))?.state).toBe('failed');
  });

  test('what was proven of another dist does not stay, nor do its figures', () => {
    const record = merge(known('another'), [], []);
    expect(cellOf(record)).toBeUndefined();
    expect(record.figures.placed).toEqual(['onprem: old']);
    expect(cellOf(merge(known('another'), [resultOf(unprovable)], []))).toEqual(unprovable);
  });

  test('what was not run is as it was', () => {
    const before = known();
    expect(merge(before, [], []).sites).toEqual(before.sites);
  });

  test('figures are those of the last run by site, and programs by tool', () => {
    const record = merge(
      known(),
      [resultOf({ state: 'proven' }, [`${site}: new`])],
      ['etcd 2.0.0 from PATH: etcd'],
    );
    expect(record.figures).toEqual({
      placed: [`${site}: new`, 'onprem: old'],
      programs: ['etcd 2.0.0 from PATH: etcd', 'kwok 1.0.0 built: kwok'],
    });
  });
});
