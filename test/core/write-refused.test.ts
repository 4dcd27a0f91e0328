import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { WriteError, writeTrees } from '../../core/write';
import { mounted, NO_ROOT, onDisk, unprivileged } from '../support/machine';
import { beside, contents, dist, failure, home, inDist, leftovers, site } from './child/output';
import { nodeArguments } from './child/run';
import { tree } from './child/trees';

describe('what the system refuses', () => {
  const old = site({ 'a.yaml': '1' });

  function refused(work: () => unknown): WriteError {
    const before = contents(home);
    const error = failure(work);
    if (!(error instanceof WriteError)) throw error;
    expect(contents(home)).toEqual(before);
    return error;
  }

  test('a dist that is a file', () => {
    fs.writeFileSync(dist, 'mine');
    const error = refused(() => writeTrees(dist, new Map([['aws', old]])));
    expect(error).toMatchObject({
      path: inDist('aws'),
      what: `${inDist('aws')} cannot be reached: a file is where a folder must be`,
    });
    expect(error.remedy).toBe(
      `move that file away or choose another output folder and run again; ${dist} is as it was`,
    );
    expect(error.message).toBe(`${error.what}: remedy: ${error.remedy}`);
  });

  test('a dist below a file', () => {
    fs.writeFileSync(beside('file'), 'mine');
    const below = beside('file/deep/dist');
    expect(refused(() => writeTrees(below, new Map([['aws', old]]))).what).toContain(
      'a file is where a folder must',
    );
  });

  test('a mistake of the program is not told as one of the system', () => {
    jest.spyOn(fs, 'renameSync').mockImplementation(() => {
      throw new TypeError('a mistake');
    });
    expect(failure(() => writeTrees(dist, new Map([['aws', old]])))).toBeInstanceOf(TypeError);
    expect(leftovers()).toEqual([]);
  });

  interface Refusal {
    readonly path: string;
    readonly what: string;
    readonly remedy: string;
  }

  /** Runs child/write.ts through another program; gives what it says, line by line. */
  function said(command: string, options: readonly string[], mode: string) {
    const everything = [...options, process.execPath, ...nodeArguments('write.ts', mode, dist)];
    const run = spawnSync(command, everything, { encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`${command} ended with ${run.status ?? run.signal}: ${run.stderr}`);
    const [first, second] = run.stdout.split('\n').filter(Boolean);
    const { error }: { error?: Refusal } = JSON.parse(first ?? '{}');
    if (!error) throw new Error(`nothing was refused: ${first}`);
    expect(error.remedy).toContain(`; ${dist} is as it was`);
    return { error, after: JSON.parse(second ?? '{}') };
  }

  /** The same over an old site, which must be as it was. */
  function refusedOverOld(command: string, options: readonly string[], mode: string): Refusal {
    const before = contents(home);
    const { error } = said(command, options, mode);
    expect(contents(home)).toEqual(before);
    return error;
  }

  test('a file above the limit of a file’s size', () => {
    writeTrees(dist, new Map([['site', tree('A')]]));
    const error = refusedOverOld('sh', ['-c', 'ulimit -f 128; exec "$0" "$@"'], 'big');
    expect(error.what).toBe(`${inDist('site', 'big.yaml')} is larger than a file may be here`);
    expect(error.remedy).toContain('ulimit -f');
  });

  unprivileged('no permission for the folder that holds dist', () => {
    writeTrees(dist, new Map([['site', tree('A')]]));
    fs.chmodSync(home, 0o555);
    const error = refusedOverOld(...NO_ROOT, 'B');
    fs.chmodSync(home, 0o755);
    expect(error).toMatchObject({ path: home, what: `no permission to read or write ${home}` });
  });

  unprivileged('no permission for dist', () => {
    writeTrees(dist, new Map([['site', tree('A')]]));
    fs.chmodSync(dist, 0o555);
    const error = refusedOverOld(...NO_ROOT, 'B');
    fs.chmodSync(dist, 0o755);
    expect(error.what).toBe(`no permission to read or write ${inDist('site')}`);
  });

  unprivileged('no permission to read an old file', () => {
    writeTrees(dist, new Map([['site', tree('A')]]));
    fs.chmodSync(inDist('site/same-0/file-0.yaml'), 0);
    const { error } = said(...NO_ROOT, 'B');
    expect(error.path).toBe(inDist('site/same-0/file-0.yaml'));
    expect(leftovers()).toEqual([]);
  });

  /** Runs child/write.ts where the folder that holds dist is a disk of its own; 600 kB are one tree. */
  const refusedOnDisk = (size: string, mode: string) => said(...onDisk(home, size), mode);

  mounted('a full disk', () => {
    const { error, after } = refusedOnDisk('700k', 'full');
    expect(error.what).toBe(`no space left on the device of ${error.path}`);
    expect(error.path.startsWith(inDist('site'))).toBe(true);
    expect(error.remedy).toMatch(/^free some/);
    expect(after).toEqual({ untouched: true, beside: ['dist'] });
  });

  mounted('a read-only disk', () => {
    const { error, after } = refusedOnDisk('2m', 'read-only');
    expect(error).toMatchObject({ path: home, what: `${home} lies on a read-only file system` });
    expect(after).toEqual({ untouched: true, beside: ['dist'] });
  });

  mounted('a dist that is a mount of its own', () => {
    const { error, after } = refusedOnDisk('2m', 'own-mount');
    expect(error.what).toContain('is a mount of its own');
    expect(after).toEqual({ untouched: true, beside: ['dist'] });
  });
});
