import fs from 'node:fs';
import path from 'node:path';
import { type Tree, writeTrees } from '../../core/write';
import { beside, dist, failure, home, inDist, leftovers, site, textsOf, textsOfTree } from './child/output';
import { end, firstOutput, start } from './child/run';
import { tree } from './child/trees';

/** Calls of the file system that change something, as far as writing uses them. */
const CHANGING = [
  'mkdirSync',
  'renameSync',
  'linkSync',
  'writeFileSync',
  'copyFileSync',
  'rmSync',
  'rmdirSync',
] as const;

describe.each([
  ['folders can be exchanged', true],
  ['folders cannot be exchanged', false],
])('where %s', (_, canExchange) => {
  const OLD: Readonly<Record<string, Tree>> = {
    changed: site({ 'a/b': '1', same: '1', gone: '1' }),
    other: site({ 'a/b': '1' }),
    right: site({ same: '1' }),
    stale: site({ 'a/b': '1' }),
  };
  const NEW: Readonly<Record<string, Tree>> = {
    changed: site({ 'a/b': '2', same: '1', 'c/d': '2' }),
    other: site({ 'a/b': '2' }),
    right: site({ same: '1' }),
    fresh: site({ 'a/b': '2' }),
  };
  const names = ['changed', 'other', 'right', 'stale', 'fresh'];
  const wanted = new Map(Object.entries(NEW));
  const state = () => Object.fromEntries(names.map((name) => [name, textsOf(inDist(name))]));
  const stateOf = (trees: Readonly<Record<string, Tree>>) =>
    Object.fromEntries(names.map((name) => [name, textsOfTree(trees[name] ?? new Map())]));

  /** Asked before every call that changes something, with what it is called for. */
  let gate: (call: string, path: string) => boolean = () => true;
  let output: typeof import('../../core/write');

  beforeEach(() => {
    const actual: typeof import('../../core/exchange') = jest.requireActual('../../core/exchange');
    const exchange = (first: string, second: string) =>
      canExchange && gate('exchange', first) && actual.exchange(first, second);
    jest.isolateModules(() => {
      jest.doMock('../../core/exchange', () => ({ exchange }));
      output = require('../../core/write');
    });
    jest.dontMock('../../core/exchange');
    output.writeTrees(dist, new Map(Object.entries(OLD)));
    for (const name of CHANGING) {
      // Each is called with its own arguments, whose types differ.
      const original = fs[name] as (...parts: unknown[]) => never;
      jest.spyOn(fs, name).mockImplementation((...parts: unknown[]) => {
        if (gate(name, String(parts[0]))) return original(...parts);
        throw Object.assign(new Error(`EIO: i/o error, ${name}`), {
          code: 'EIO',
          syscall: name,
          path: parts[0],
        });
      });
    }
  });

  afterEach(() => {
    gate = () => true;
  });

  /**
   * Writes the new trees again and again, each time over the old ones, and refuses a later one of its calls.
   * @param removes whether calls that remove are refused too: rmSync uses some of them in turn
   * @returns how many calls there are
   */
  function refuseEach(
    refuses: (count: number, turn: number) => boolean,
    removes: boolean,
    verify: (error: unknown) => void,
  ): number {
    for (let turn = 1; ; turn++) {
      gate = () => true;
      fs.rmSync(dist, { recursive: true, force: true });
      output.writeTrees(dist, new Map(Object.entries(OLD)));
      let count = 0;
      gate = (call) => {
        if (call.startsWith('rm') && !(removes && refuses(count, turn))) return true;
        return !refuses(++count, turn);
      };
      let error: unknown;
      try {
        output.writeTrees(dist, wanted, { remove: ['stale'] });
      } catch (thrown) {
        error = thrown;
      }
      gate = () => true;
      verify(error);
      if (count < turn) return count;
    }
  }

  test('a run that is killed before any of its calls leaves every site whole', () => {
    const outcomes = new Set<string>();
    const calls = refuseEach(
      // A killed process cleans nothing up.
      (count, turn) => count >= turn,
      true,
      () => {
        // The lock names this process, which lives.
        fs.rmSync(beside('.dist.lock'), { force: true });
        const missing = ['changed', 'other', 'right'].filter((name) => !fs.existsSync(inDist(name)));
        if (canExchange) expect(missing).toEqual([]);
        output.writeTrees(dist, new Map());
        for (const [name, texts] of Object.entries(state())) {
          expect([stateOf(OLD)[name], stateOf(NEW)[name]]).toContainEqual(texts);
        }
        outcomes.add(JSON.stringify(state()));
        output.writeTrees(dist, wanted, { remove: ['stale'] });
        expect(state()).toEqual(stateOf(NEW));
        expect(leftovers()).toEqual([]);
      },
    );
    expect(calls).toBeGreaterThan(20);
    // Four sites differ; each but the first may be old when the ones before are new.
    expect(outcomes.size).toBe(5);
  });

  test('a run that fails at any of its calls leaves all as it was', () => {
    let failures = 0;
    refuseEach(
      (count, turn) => count === turn,
      false,
      (error) => {
        if (error) failures++;
        if (error)
          expect(error).toMatchObject({ name: 'WriteError', remedy: expect.stringContaining('as it was') });
        expect(state()).toEqual(stateOf(error ? OLD : NEW));
        expect(leftovers()).toEqual([]);
      },
    );
    expect(failures).toBeGreaterThan(15);
  });

  test('a first run that fails leaves no dist', () => {
    fs.rmSync(dist, { recursive: true });
    gate = (call) => call !== 'renameSync';
    expect(failure(() => output.writeTrees(dist, wanted))).toMatchObject({ name: 'WriteError' });
    expect(fs.readdirSync(home)).toEqual([]);
  });

  test('a run that fails and cannot put back says so, and the next one mends it', () => {
    let broken = false;
    gate = (call, from) => {
      broken ||= call === 'renameSync' && from.endsWith('/new/fresh');
      return !broken || !['renameSync', 'exchange'].includes(call);
    };
    const error = failure(() => output.writeTrees(dist, wanted, { remove: ['stale'] }));
    gate = () => true;
    expect(error).toMatchObject({
      name: 'WriteError',
      remedy: expect.stringMatching(/run again, which puts/),
    });
    output.writeTrees(dist, new Map());
    for (const [name, texts] of Object.entries(state())) {
      expect([stateOf(OLD)[name], stateOf(NEW)[name]]).toContainEqual(texts);
    }
    output.writeTrees(dist, wanted, { remove: ['stale'] });
    expect(state()).toEqual(stateOf(NEW));
    expect(leftovers()).toEqual([]);
  });
});

describe('a run that is killed (SIGKILL)', () => {
  test('at random times leaves the whole old or the whole new tree, never none', async () => {
    const [A, B] = [textsOfTree(tree('A')), textsOfTree(tree('B'))];
    const outcomes = { A: 0, B: 0, temporary: 0, polls: 0 };
    const lane = async (number: number): Promise<void> => {
      const own = beside(`lane-${number}`);
      const out = path.join(own, 'dist');
      const target = path.join(out, 'site');
      writeTrees(out, new Map([['site', tree('A')]]));
      for (let kill = 0; kill < 5; kill++) {
        const child = start('write.ts', 'loop', out);
        await firstOutput(child);
        const until = performance.now() + Math.random() * 60;
        do {
          for (let poll = 0; poll < 300; poll++) {
            outcomes.polls++;
            if (!fs.existsSync(target)) throw new Error('the site was missing');
          }
          await new Promise(setImmediate);
        } while (performance.now() < until);
        const ended = end(child);
        child.kill('SIGKILL');
        expect(await ended).toMatchObject({ signal: 'SIGKILL' });
        const found = textsOf(target);
        const which = found[`only-B/file-0.yaml`] ? 'B' : 'A';
        expect(found).toEqual(which === 'B' ? B : A);
        outcomes[which]++;
        if (fs.readdirSync(own).some((name) => name.startsWith('.dist.tmp-'))) outcomes.temporary++;
        writeTrees(out, new Map([['site', tree(which === 'A' ? 'B' : 'A')]]));
        expect(textsOf(target)).toEqual(which === 'A' ? B : A);
        expect(fs.readdirSync(own)).toEqual(['dist']);
      }
    };
    await Promise.all([lane(1), lane(2), lane(3)]);
    // Otherwise the kills met nothing worth meeting.
    expect(outcomes.A).toBeGreaterThan(0);
    expect(outcomes.B).toBeGreaterThan(0);
    expect(outcomes.temporary).toBeGreaterThan(2);
    expect(outcomes.polls).toBeGreaterThan(1_000);
  });
});
