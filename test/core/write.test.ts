import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { GENERATED, writeTrees } from '../../core/write';
import {
  beside,
  contents,
  dist,
  home,
  identity,
  inDist,
  leftovers,
  site,
  textsOf,
  textsOfTree,
} from './child/output';
import { tree } from './child/trees';

describe('writing', () => {
  test('makes exactly the files of the tree, each with the first line', () => {
    const aws = site({ 'root.yaml': 'a: 1\n', 'hive/deep/x.yaml': 'b: ü\n' });
    const changes = writeTrees(dist, new Map([['aws', aws]]));
    expect(contents(dist)).toEqual({
      aws: 'folder',
      'aws/hive': 'folder',
      'aws/hive/deep': 'folder',
      'aws/hive/deep/x.yaml': `${GENERATED}b: ü\n`,
      'aws/root.yaml': `${GENERATED}a: 1\n`,
    });
    expect(changes).toEqual(
      new Map([
        ['aws', { added: ['hive/deep/x.yaml', 'root.yaml'], changed: [], removed: [], unchanged: 0 }],
      ]),
    );
    expect(leftovers()).toEqual([]);
  });

  test('removes what the new tree lacks, with the folders that become empty', () => {
    writeTrees(dist, new Map([['aws', site({ 'a/b/c.yaml': '1', 'a/d.yaml': '1', 'e.yaml': '1' })]]));
    const changes = writeTrees(
      dist,
      new Map([['aws', site({ 'a/d.yaml': '2', 'e.yaml': '1', 'f.yaml': '1' })]]),
    );
    expect(Object.keys(contents(dist))).toEqual(['aws', 'aws/a', 'aws/a/d.yaml', 'aws/e.yaml', 'aws/f.yaml']);
    expect(changes.get('aws')).toEqual({
      added: ['f.yaml'],
      changed: ['a/d.yaml'],
      removed: ['a/b/c.yaml'],
      unchanged: 1,
    });
  });

  test('removes a folder without files, though no file differs', () => {
    const aws = site({ 'a.yaml': '1' });
    writeTrees(dist, new Map([['aws', aws]]));
    fs.mkdirSync(inDist('aws', 'empty', 'deep'), { recursive: true });
    writeTrees(dist, new Map([['aws', aws]]));
    expect(Object.keys(contents(dist))).toEqual(['aws', 'aws/a.yaml']);
  });

  test('a file may become a folder, and a folder a file', () => {
    writeTrees(dist, new Map([['aws', site({ a: '1', 'b/c': '1' })]]));
    writeTrees(dist, new Map([['aws', site({ 'a/c': '1', b: '1' })]]));
    expect(textsOf(inDist('aws'))).toEqual(textsOfTree(site({ 'a/c': '1', b: '1' })));
  });

  test('touches nothing of a site that is already right', () => {
    const trees = new Map([
      ['aws', tree('A')],
      ['azure', tree('B')],
    ]);
    writeTrees(dist, trees);
    const all = () =>
      ['', ...Object.keys(contents(dist))].map((name) => ({ name, ...identity(inDist(name)) }));
    const before = all();
    const changes = writeTrees(dist, trees);
    expect(all()).toEqual(before);
    expect(changes.get('azure')).toEqual({ added: [], changed: [], removed: [], unchanged: 150 });
    writeTrees(dist, new Map([...trees, ['aws', site({})]]));
    expect(before).toContainEqual({ name: 'azure', ...identity(inDist('azure')) });
    expect(fs.existsSync(inDist('aws'))).toBe(false);
  });

  test.each([
    ['as the same file', () => {}, true],
    ['as a copy of the same age where files cannot have two names', refuseLinks, false],
  ])('keeps an unchanged file of a changed site %s', (_, prepare, same) => {
    writeTrees(dist, new Map([['aws', site({ 'a/a.yaml': '1', 'b.yaml': '1' })]]));
    const file = inDist('aws', 'a/a.yaml');
    fs.utimesSync(file, 1_000_000, 1_000_000);
    const { ino } = identity(file);
    prepare();
    writeTrees(dist, new Map([['aws', site({ 'a/a.yaml': '1', 'b.yaml': '2' })]]));
    expect(textsOf(inDist('aws'))).toEqual(textsOfTree(site({ 'a/a.yaml': '1', 'b.yaml': '2' })));
    expect(identity(file)).toMatchObject({ mtimeNs: 1_000_000n * 1_000_000_000n, nlink: 1n });
    expect(identity(file).ino === ino).toBe(same);
    expect(leftovers()).toEqual([]);
  });

  test('follows a link to dist', () => {
    fs.mkdirSync(beside('elsewhere'));
    fs.symlinkSync('elsewhere', dist);
    writeTrees(dist, new Map([['aws', site({ a: '1' })]]));
    writeTrees(dist, new Map([['aws', site({ a: '2' })]]));
    expect(textsOf(beside('elsewhere'))).toEqual({ 'aws/a': `${GENERATED}2` });
    expect(fs.readdirSync(home).sort()).toEqual(['dist', 'elsewhere']);
  });

  test.each(['', '.', '..', '../aws', 'a/b', '.hidden/..'])('refuses "%s" as the name of a site', (name) => {
    expect(() => writeTrees(dist, new Map([[name, site({ a: '1' })]]))).toThrow(
      'is not the name of a folder',
    );
    expect(fs.readdirSync(home)).toEqual([]);
  });

  test.each(['', '/etc/x', 'a//b', './a', 'a/../b', '../a', 'a/', 'a\\b'])(
    'refuses "%s" as a path',
    (file) => {
      expect(() => writeTrees(dist, new Map([['aws', site({ [file]: '1' })]]))).toThrow(
        'not a relative path',
      );
      expect(fs.readdirSync(home)).toEqual([]);
    },
  );

  test('refuses a path that is file and folder at once', () => {
    expect(() => writeTrees(dist, new Map([['aws', site({ a: '1', 'a/b': '1' })]]))).toThrow(
      'both a file and',
    );
    expect(fs.readdirSync(home)).toEqual([]);
  });
});

function refuseLinks(): void {
  jest.spyOn(fs, 'linkSync').mockImplementation(() => {
    throw Object.assign(new Error('EPERM: operation not permitted, link'), {
      code: 'EPERM',
      syscall: 'link',
    });
  });
}

describe('what earlier runs left', () => {
  const temporary = (owner: string): string => beside(`.dist.tmp-${owner}`);

  test('is removed where its process is dead, and only there', () => {
    const { pid } = spawnSync('true');
    const running = `${process.pid}-0`;
    for (const owner of [`${pid}-1`, `${process.pid}-1`, running]) {
      fs.mkdirSync(path.join(temporary(owner), 'new', 'aws'), { recursive: true });
    }
    fs.mkdirSync(beside('.dist.backup'));
    fs.mkdirSync(beside('.dist.tmp-mine'));
    writeTrees(dist, new Map([['aws', site({ a: '1' })]]));
    // The second one names this process's pid with the start of another one.
    expect(leftovers()).toEqual(['.dist.backup', path.basename(temporary(running)), '.dist.tmp-mine']);
  });

  test('a site that was taken away without a replacement is put back, one that was replaced is not', () => {
    const { pid } = spawnSync('true');
    writeTrees(dist, new Map([['aws', site({ a: 'new' })]]));
    for (const name of ['aws', 'gcp']) {
      fs.mkdirSync(path.join(temporary(`${pid}-1`), 'old', name), { recursive: true });
      fs.writeFileSync(path.join(temporary(`${pid}-1`), 'old', name, 'a'), `${GENERATED}old`);
    }
    writeTrees(dist, new Map());
    expect(textsOf(dist)).toEqual({ 'aws/a': `${GENERATED}new`, 'gcp/a': `${GENERATED}old` });
    expect(leftovers()).toEqual([]);
  });
});

describe('koffi', () => {
  afterEach(() => {
    jest.dontMock('koffi');
  });

  test('is loaded only where an existing folder is replaced', () => {
    const load = jest.fn(() => jest.requireActual('koffi'));
    jest.isolateModules(() => {
      jest.doMock('koffi', load);
      const isolated: typeof import('../../core/write') = require('../../core/write');
      const write = (value: string) => isolated.writeTrees(dist, new Map([['aws', site({ a: value })]]));
      write('1');
      write('1');
      expect(load).toHaveBeenCalledTimes(0);
      const { ino } = identity(inDist('aws'));
      write('2');
      expect(identity(inDist('aws')).ino).not.toBe(ino);
      write('3');
      expect(load).toHaveBeenCalledTimes(1);
    });
  });

  /** Exchanges dist/one with another folder, with the given koffi. */
  function exchanged(koffi: () => unknown, other: string): boolean {
    writeTrees(dist, new Map(['one', 'two'].map((name) => [name, site({ a: name })])));
    let done: boolean | undefined;
    jest.isolateModules(() => {
      jest.doMock('koffi', koffi);
      const { exchange }: typeof import('../../core/exchange') = require('../../core/exchange');
      done = exchange(inDist('one'), inDist(other));
    });
    expect(textsOf(dist)).toEqual({
      'one/a': GENERATED + (done ? other : 'one'),
      'two/a': GENERATED + (done ? 'one' : 'two'),
    });
    return done ?? false;
  }
  const real = (): typeof import('koffi') => jest.requireActual('koffi');

  test('exchanges two folders in one step, or does nothing', () => {
    expect(exchanged(real, 'two')).toBe(true);
    expect(exchanged(real, 'none')).toBe(false);
  });

  test('makes the bare system call where the C library has no function for it', () => {
    const asked: string[] = [];
    const func = (prototype: string) => {
      asked.push(prototype);
      if (prototype.includes('renameat2')) throw new Error('Cannot find function');
      return real().load(null).func(prototype);
    };
    expect(exchanged(() => ({ load: () => ({ func }) }), 'two')).toBe(true);
    expect(asked).toEqual([expect.stringContaining('renameat2'), expect.stringContaining('syscall')]);
  });

  test('may be missing; then nothing is exchanged', () => {
    const missing = () => {
      throw new Error('Cannot find module');
    };
    expect(exchanged(missing, 'two')).toBe(false);
  });
});
