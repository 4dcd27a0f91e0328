import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import {
  compareTree,
  ForeignFilesError,
  GENERATED,
  strangers,
  WriteError,
  writeTrees,
} from '../../core/write';
import { contents, dist, failure, home, identity, inDist, leftovers, site } from './child/output';
import { tree } from './child/trees';

describe('comparing', () => {
  test('tells what writing then does, and touches nothing', () => {
    writeTrees(dist, new Map([['site', tree('A')]]));
    const before = [contents(home), identity(home), identity(inDist('site'))];
    const told = compareTree(dist, 'site', tree('B'));
    expect([contents(home), identity(home), identity(inDist('site'))]).toEqual(before);
    expect([told.added.length, told.changed.length, told.removed.length, told.unchanged]).toEqual([
      20, 30, 20, 100,
    ]);
    expect(writeTrees(dist, new Map([['site', tree('B')]])).get('site')).toEqual(told);
    expect(compareTree(dist, 'site', tree('B'))).toEqual({
      added: [],
      changed: [],
      removed: [],
      unchanged: 150,
    });
  });

  test('makes no dist', () => {
    expect(compareTree(dist, 'aws', site({ a: '1' })).added).toEqual(['a']);
    expect(fs.readdirSync(home)).toEqual([]);
  });

  test.each([
    ['one byte more', `${GENERATED}a: 12`],
    ['one byte less', `${GENERATED}a: `],
    ['another byte', `${GENERATED}a: 2`],
    ['nothing but the line', GENERATED],
    ['lines that end in CR LF', `${GENERATED}a: 1`.replace('\n', '\r\n')],
  ])('finds %s', (_, text) => {
    writeTrees(dist, new Map([['aws', site({ a: 'a: 1' })]]));
    fs.writeFileSync(inDist('aws', 'a'), text);
    expect(compareTree(dist, 'aws', site({ a: 'a: 1' })).changed).toEqual(['a']);
  });
});

describe('foreign files', () => {
  const trees = new Map([
    ['aws', site({ 'a.yaml': '2', 'b/c.yaml': '2' })],
    ['gcp', site({ 'a.yaml': '2' })],
  ]);

  function refusedFiles(work: () => unknown): readonly string[] {
    const before = [
      contents(home),
      identity(dist),
      identity(inDist('aws')),
      identity(inDist('aws', 'a.yaml')),
    ];
    const error = failure(work);
    expect([
      contents(home),
      identity(dist),
      identity(inDist('aws')),
      identity(inDist('aws', 'a.yaml')),
    ]).toEqual(before);
    if (!(error instanceof ForeignFilesError)) throw error;
    expect(error).toBeInstanceOf(WriteError);
    for (const file of error.files.slice(0, 10)) expect(error.message).toContain(`\n  ${file}`);
    expect(error.remedy).toMatch(/move it .* or delete it/);
    return error.files;
  }

  beforeEach(() => {
    writeTrees(
      dist,
      new Map([
        ['aws', site({ 'a.yaml': '1', 'b/c.yaml': '1' })],
        ['gcp', site({ 'a.yaml': '1' })],
      ]),
    );
  });

  test('of a whole folder are counted behind the first ten', () => {
    for (let index = 10; index < 30; index++) fs.writeFileSync(inDist('aws', `mine-${index}`), '');
    const files = refusedFiles(() => writeTrees(dist, new Map([['aws', site({ 'a.yaml': '2' })]])));
    expect(files).toHaveLength(20);
    const { message } = new ForeignFilesError(dist, files);
    expect(message).toContain('aws/mine-19\n  and 10 more');
    expect(message).not.toContain('mine-20');
  });

  test('of every kind and site are all listed, and nothing is touched', () => {
    fs.writeFileSync(inDist('aws', 'notes.md'), 'mine\n');
    fs.writeFileSync(inDist('aws', 'empty'), '');
    fs.writeFileSync(inDist('aws', 'almost.yaml'), GENERATED.slice(0, -1));
    fs.writeFileSync(inDist('aws', 'second-line.yaml'), `\n${GENERATED}`);
    fs.symlinkSync('a.yaml', inDist('aws', 'link.yaml'));
    fs.symlinkSync('/', inDist('aws', 'b', 'root'));
    fs.symlinkSync('nowhere', inDist('aws', 'dangling'));
    execFileSync('mkfifo', [inDist('aws', 'pipe')]);
    fs.mkdirSync(inDist('gcp', 'deep', 'er'), { recursive: true });
    fs.writeFileSync(inDist('gcp', 'deep', 'er', 'x'), 'mine');
    const all = [
      'aws/almost.yaml',
      'aws/b/root',
      'aws/dangling',
      'aws/empty',
      'aws/link.yaml',
      'aws/notes.md',
      'aws/pipe',
      'aws/second-line.yaml',
      'gcp/deep/er/x',
    ];
    expect(refusedFiles(() => writeTrees(dist, trees))).toEqual(all);
    expect(refusedFiles(() => compareTree(dist, 'gcp', new Map()))).toEqual(['gcp/deep/er/x']);
    expect(refusedFiles(() => writeTrees(dist, new Map(), { remove: ['gcp'] }))).toEqual(['gcp/deep/er/x']);
  });

  test('are refused even where the tree has a file of that name', () => {
    fs.writeFileSync(inDist('aws', 'a.yaml'), 'mine: 1\n');
    expect(refusedFiles(() => writeTrees(dist, trees))).toEqual(['aws/a.yaml']);
  });

  test('of any size are told at once', () => {
    fs.writeFileSync(inDist('aws', 'big'), '');
    fs.truncateSync(inDist('aws', 'big'), 2 ** 33);
    expect(failure(() => writeTrees(dist, trees))).toMatchObject({ files: ['aws/big'] });
    fs.rmSync(inDist('aws', 'big'));
  });

  test('a site that is a link or a file is one', () => {
    fs.renameSync(inDist('gcp'), inDist('real'));
    fs.symlinkSync('real', inDist('gcp'));
    expect(refusedFiles(() => writeTrees(dist, trees))).toEqual(['gcp']);
    fs.rmSync(inDist('gcp'));
    fs.writeFileSync(inDist('gcp'), GENERATED);
    expect(refusedFiles(() => writeTrees(dist, trees))).toEqual(['gcp']);
  });

  test('a file that a checkout gave other line ends is none', () => {
    fs.writeFileSync(inDist('aws', 'a.yaml'), GENERATED.replace('\n', '\r\n'));
    expect(writeTrees(dist, trees).get('aws')?.changed).toEqual(['a.yaml', 'b/c.yaml']);
  });
});

describe('strangers', () => {
  test('are told apart: folders of generated files, and all else', () => {
    writeTrees(
      dist,
      new Map(['aws', 'old', 'mixed', 'linked'].map((name) => [name, site({ 'a/b.yaml': '1' })])),
    );
    fs.mkdirSync(inDist('empty'));
    fs.writeFileSync(inDist('mixed', 'a', 'mine'), 'mine');
    fs.symlinkSync('b.yaml', inDist('linked', 'a', 'link'));
    fs.symlinkSync('old', inDist('link'));
    fs.writeFileSync(inDist('README.md'), GENERATED);
    expect(strangers(dist, ['aws', 'azure'])).toEqual([
      { name: 'README.md', kind: 'foreign' },
      { name: 'empty', kind: 'stale-site' },
      { name: 'link', kind: 'foreign' },
      { name: 'linked', kind: 'foreign' },
      { name: 'mixed', kind: 'foreign' },
      { name: 'old', kind: 'stale-site' },
    ]);
  });

  test('there are none where there is no dist; a dist that is a file is an error', () => {
    expect(strangers(dist, [])).toEqual([]);
    fs.writeFileSync(dist, '');
    expect(() => strangers(dist, [])).toThrow(WriteError);
  });

  test('that are stale are removed on demand, others stay', () => {
    writeTrees(dist, new Map(['aws', 'old', 'older'].map((name) => [name, site({ 'a/b.yaml': '1' })])));
    const changes = writeTrees(dist, new Map([['aws', site({ 'a/b.yaml': '1' })]]), {
      remove: ['old', 'never-was'],
    });
    expect(fs.readdirSync(dist)).toEqual(['aws', 'older']);
    expect(changes.get('old')).toEqual({ added: [], changed: [], removed: ['a/b.yaml'], unchanged: 0 });
    expect(leftovers()).toEqual([]);
    expect(() => writeTrees(dist, new Map([['aws', site({ a: '' })]]), { remove: ['aws'] })).toThrow('both');
  });
});
