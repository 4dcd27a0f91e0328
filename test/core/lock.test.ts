import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { acquireLock, holdsLock, LockError, withLock } from '../../core/lock';
import { isRunning, thisProcess } from '../../core/process';
import { WriteError, writeTrees } from '../../core/write';
import { end, firstOutput, start } from './child/run';

let home: string;
let dist: string;
let lock: string;
const beside = (): string[] => fs.readdirSync(home).sort();

beforeEach(() => {
  home = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'lock-'));
  dist = path.join(home, 'dist');
  lock = path.join(home, '.dist.lock');
});

afterEach(() => {
  jest.restoreAllMocks();
  fs.rmSync(home, { recursive: true, force: true });
});

/** The name of a process that has ended. */
const ended = (): string => `${spawnSync('true').pid}-1`;

describe('a lock', () => {
  test('is a file beside dist that names this process, for as long as the work takes', async () => {
    const look = () => [beside(), fs.readFileSync(lock, 'utf8'), holdsLock(dist)];
    const held = [['.dist.lock'], `${thisProcess()}\n`, true];
    expect(withLock(dist, look)).toEqual(held);
    expect([beside(), holdsLock(dist)]).toEqual([[], false]);
    const waiting = withLock(dist, async () => {
      await new Promise((done) => setTimeout(done, 20));
      return look();
    });
    expect(beside()).toEqual(['.dist.lock']);
    expect(await waiting).toEqual(held);
    expect([beside(), holdsLock(dist)]).toEqual([[], false]);
  });

  test('goes when the work throws, at once or later', async () => {
    const fail = () => {
      throw new Error('no luck');
    };
    expect(() => withLock(dist, fail)).toThrow('no luck');
    expect(beside()).toEqual([]);
    await expect(withLock(dist, async () => fail())).rejects.toThrow('no luck');
    expect(beside()).toEqual([]);
  });

  test('is not had twice by one process', async () => {
    await withLock(dist, async () => {
      expect(() => withLock(dist, () => {})).toThrow(LockError);
      expect(() => acquireLock(path.join(home, 'x', '..', 'dist'))).toThrow(LockError);
      withLock(path.join(home, 'other'), () => {});
      expect(beside()).toEqual(['.dist.lock']);
    });
  });

  test('is one for all ways to a folder', () => {
    fs.mkdirSync(dist);
    fs.symlinkSync('dist', path.join(home, 'link'));
    withLock(dist, () => expect(holdsLock(path.join(home, 'link'))).toBe(true));
  });

  test('is not removed where someone else made it anew', () => {
    const other = `${process.ppid}-0\n`;
    withLock(dist, () => fs.writeFileSync(lock, other));
    expect(fs.readFileSync(lock, 'utf8')).toBe(other);
  });

  test('is taken by writeTrees, unless its caller has it', () => {
    const trees = new Map([['aws', new Map([['a', '1']])]]);
    expect(withLock(dist, () => writeTrees(dist, trees)).get('aws')?.added).toEqual(['a']);
    fs.writeFileSync(lock, `${process.ppid}-0\n`);
    expect(() => writeTrees(dist, trees)).toThrow(LockError);
  });

  test('works on a file system without hard links', () => {
    jest.spyOn(fs, 'linkSync').mockImplementation(() => {
      throw Object.assign(new Error('EPERM: operation not permitted'), { code: 'EPERM', syscall: 'link' });
    });
    withLock(dist, () => expect(fs.readFileSync(lock, 'utf8')).toBe(`${thisProcess()}\n`));
    fs.writeFileSync(lock, `${process.ppid}-0\n`);
    expect(() => withLock(dist, () => {})).toThrow(LockError);
    fs.writeFileSync(lock, '');
    withLock(dist, () => expect(beside()).toEqual(['.dist.lock']));
  });

  test('that cannot be made is told as what the system refuses', () => {
    fs.writeFileSync(dist, '');
    expect(() => withLock(path.join(dist, 'deep', 'dist'), () => {})).toThrow(WriteError);
    fs.mkdirSync(lock);
    expect(() => withLock(dist, () => {})).toThrow(WriteError);
  });
});

describe('a lock that another process holds', () => {
  test('is refused at once, with the process and the remedy', async () => {
    const child = start('lock.ts', 'wait', dist);
    try {
      expect(await firstOutput(child)).toBe('held');
      const before = performance.now();
      let error: unknown;
      try {
        withLock(dist, () => {});
      } catch (thrown) {
        error = thrown;
      }
      expect(performance.now() - before).toBeLessThan(100);
      expect(error).toBeInstanceOf(LockError);
      expect(error).toMatchObject({
        pid: child.pid,
        path: lock,
        what: `process ${child.pid} writes ${dist} at this moment`,
        remedy: `wait until it has ended, or end it; if ${child.pid} is not lakeport, delete ${lock}`,
      });
      expect(beside()).toEqual(['.dist.lock']);
    } finally {
      child.kill('SIGKILL');
    }
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('goes when %s ends that process', async (signal) => {
    const child = start('lock.ts', 'wait', dist);
    await firstOutput(child);
    child.kill(signal);
    expect(await end(child)).toMatchObject({ code: null, signal });
    expect(beside()).toEqual([]);
  });

  test('stays while a listener of that process lets it go on, and goes when it ends', async () => {
    const child = start('lock.ts', 'listener', dist);
    await firstOutput(child);
    child.kill('SIGTERM');
    // 5: the lock was there when the listener ended the process.
    expect(await end(child)).toMatchObject({ code: 5 });
    expect(beside()).toEqual([]);
  });

  test('goes after work that a signal could not interrupt; the signal still ends the process', async () => {
    const child = start('lock.ts', 'compute', dist, '200');
    await firstOutput(child);
    child.kill('SIGINT');
    expect(await end(child)).toEqual({ code: null, signal: 'SIGINT', output: '' });
    expect(beside()).toEqual([]);
  });

  test('goes when that process exits in the middle', async () => {
    expect(await end(start('lock.ts', 'exit', dist))).toMatchObject({ code: 3 });
    expect(beside()).toEqual([]);
  });

  test('stays when that process is killed, and the next one takes it silently', async () => {
    const child = start('lock.ts', 'wait', dist);
    await firstOutput(child);
    child.kill('SIGKILL');
    await end(child);
    expect(beside()).toEqual(['.dist.lock']);
    withLock(dist, () => expect(fs.readFileSync(lock, 'utf8')).toBe(`${thisProcess()}\n`));
    expect(beside()).toEqual([]);
  });
});

describe('a stale lock', () => {
  test.each([
    ['of a dead process', () => ended()],
    ['of a pid that no process can have', () => '99999999999-1'],
    ['of an earlier process of the same pid', () => `${process.pid}-1`],
    ['without text', () => ''],
    ['with another text', () => 'mine'],
    ['of a process group', () => '0-0'],
  ])('%s is taken over', (_, owner) => {
    fs.writeFileSync(lock, owner());
    withLock(dist, () => expect(fs.readFileSync(lock, 'utf8')).toBe(`${thisProcess()}\n`));
    expect(beside()).toEqual([]);
  });

  test('is not stale where its process lives, though it has no start or is of another user', () => {
    expect(isRunning(`${process.pid}-0`)).toBe(true);
    expect(isRunning('1-0')).toBe(true);
    fs.writeFileSync(lock, `${process.ppid}-0`);
    expect(() => withLock(dist, () => {})).toThrow(LockError);
  });

  test('is taken over also where others were killed while they took it over', () => {
    const [first, second, third] = [ended(), ended(), ended()];
    fs.writeFileSync(lock, first);
    fs.writeFileSync(`${lock}.${first}.next`, second);
    fs.writeFileSync(`${lock}.${second}.next`, third);
    fs.writeFileSync(`${lock}.${third}.new`, third);
    withLock(dist, () => expect(beside()).toEqual(['.dist.lock']));
    expect(beside()).toEqual([]);
  });

  test('is refused where a living process takes it over just now', () => {
    const first = ended();
    fs.writeFileSync(lock, first);
    fs.writeFileSync(`${lock}.${first}.next`, `${process.ppid}-0`);
    expect(() => withLock(dist, () => {})).toThrow(LockError);
    expect(fs.readFileSync(lock, 'utf8')).toBe(first);
  });

  /** Six processes contend for a second; three of them live to the end, the others are killed and followed. */
  async function contention() {
    const stop = path.join(home, 'stop');
    fs.rmSync(stop, { force: true });
    const contender = () => {
      const child = start('lock.ts', 'contend', dist, stop);
      return { child, begun: firstOutput(child), result: end(child) };
    };
    const first = Array.from({ length: 6 }, contender);
    await Promise.all(first.map(({ begun }) => begun));
    setTimeout(() => fs.writeFileSync(stop, ''), 1_000);
    const lanes = first.map(async (one, index) => {
      const outcome = { killed: 0, said: '' };
      for (let each = one; ; each = contender()) {
        const { child, begun, result } = each;
        await begun;
        if (index % 2) setTimeout(() => child.kill('SIGKILL'), 50 + Math.random() * 150);
        const { signal, output } = await result;
        if (signal) outcome.killed++;
        else outcome.said += output;
        if (fs.existsSync(stop)) return outcome;
      }
    });
    const outcomes = await Promise.all(lanes);
    const said = outcomes.map((outcome) => outcome.said).join('');
    expect(said).not.toContain('TWO OWNERS');
    const counts: { taken: number; refused: number }[] = said
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
    return {
      taken: counts.reduce((sum, { taken }) => sum + taken, 0),
      refused: counts.reduce((sum, { refused }) => sum + refused, 0),
      killed: outcomes.reduce((sum, { killed }) => sum + killed, 0),
    };
  }

  test('has one owner at a time, however many contend for it and are killed meanwhile', async () => {
    fs.mkdirSync(path.join(home, 'inside'));
    fs.writeFileSync(lock, ended());
    const total = { taken: 0, refused: 0, killed: 0 };
    const enough = () => total.taken > 30 && total.refused > 30 && total.killed > 5;
    // On a busy machine, little happens in one turn.
    for (let turn = 0; turn < 20 && !enough(); turn++) {
      const { taken, refused, killed } = await contention();
      total.taken += taken;
      total.refused += refused;
      total.killed += killed;
    }
    expect([total, enough()]).toEqual([total, true]);
    withLock(dist, () => expect(beside().filter((name) => /\.(new|next)$/.test(name))).toEqual([]));
  });
});
