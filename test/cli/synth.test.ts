import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { Project } from '../support/project';

let project: Project;
beforeEach(() => {
  project = new Project();
});
afterEach(() => project.remove());

const GOOD = '{}';

/** Runs synth and expects it to be refused with a message that holds all of `parts`; dist stays as it was. */
function refused(parts: readonly string[], args: readonly string[] = ['synth']): void {
  const before = project.files();
  const { status, stderr, stdout } = project.run(args);
  for (const part of [...parts, 'remedy:']) expect(stderr).toContain(part);
  expect(stderr).not.toContain('at '.padStart(8));
  expect(stdout).toBe('');
  expect(status).toBe(1);
  expect(project.files()).toEqual(before);
}

describe('a good overlay', () => {
  test('is rendered, reported, and found unchanged by --check and by a second run', () => {
    project.extending('one', 'onprem', GOOD);
    const first = project.run(['synth', '--json']);
    expect(first.stderr).toBe('');
    const [report] = JSON.parse(first.stdout).sites;
    expect(report).toMatchObject({ site: 'one', files: { changed: 0, removed: 0, unchanged: 0 } });
    expect(report.files.added).toBe(Object.keys(project.files()).length);
    expect(report.objects).toBe(report.files.added);
    expect(project.run(['synth', '--check']).status).toBe(0);
    expect(JSON.parse(project.run(['synth', '--json']).stdout).sites[0].files).toMatchObject({
      added: 0,
      changed: 0,
      removed: 0,
    });
  });

  test('gives the same bytes in every time zone, language and folder', () => {
    project.extending('one', 'aws', GOOD);
    project.run(['synth']);
    const files = project.files();
    fs.rmSync(project.dist, { recursive: true });
    const env = {
      TZ: 'Pacific/Kiritimati',
      LANG: 'tr_TR.UTF-8',
      LC_ALL: 'tr_TR.UTF-8',
      CDK8S_DISABLE_SORT: '1',
    };
    expect(project.run(['synth'], { env, cwd: '/' }).status).toBe(0);
    expect(project.files()).toEqual(files);
  });

  test('that is gone takes its folder of dist along, and synth says so', () => {
    project.extending('one', 'onprem', GOOD).extending('two', 'onprem', GOOD);
    project.run(['synth']);
    fs.rmSync(path.join(project.root, 'overlays/two.ts'));
    expect(project.run(['synth', '--check']).stderr).toContain('has no overlay any more');
    expect(project.run(['synth']).stdout).toContain('removed two');
    expect(fs.readdirSync(project.dist)).toEqual(['one']);
  });

  test('is untouched by a synth of another site', () => {
    project.extending('one', 'onprem', GOOD).extending('two', 'onprem', GOOD);
    project.run(['synth']);
    project.extending('two', 'onprem', '{ domain: "other.example.com" }');
    fs.rmSync(path.join(project.root, 'overlays/one.ts'));
    project.run(['synth', 'two']);
    expect(fs.readdirSync(project.dist).sort()).toEqual(['one', 'two']);
  });
});

describe('a bad overlay is refused', () => {
  beforeEach(() => {
    project.extending('one', 'onprem', GOOD);
    project.run(['synth']);
  });

  test.each([
    ['that throws', 'throw new Error("no vault here");', ['throws while it is read', 'no vault here']],
    ['that exports nothing', 'export const site = 1;', ['does not export an overlay', 'defineOverlay']],
    ['with a syntax error', 'export default {{;', ['has a syntax error']],
    ['that imports what is not there', 'import "./nowhere";', ['throws while it is read', 'nowhere']],
  ])('%s', (_, text, parts) => {
    project.overlay('one', text);
    refused(['one', 'overlays/one.ts'.slice(0, 3), ...parts]);
  });

  test.each([
    [
      'an unknown component',
      '{ components: { sparc: {} } as never }',
      ['components.sparc', 'did you mean "spark"?'],
    ],
    [
      'a component that all others need turned off',
      '{ components: { namespaces: false } }',
      ['cannot be turned off'],
    ],
    ['a share above 1', '{ spotFloor: 7 }', ['spotFloor', 'found:  7']],
    [
      'a bucket name with upper case',
      '{ buckets: { prefix: "Lake" } }',
      ['buckets.prefix', '"Lake-presentation"'],
    ],
    ['two teams of one name', '{ teams: [{ name: "a" }, { name: "a" }] }', ['teams[1].name', '"a"']],
    [
      'a quantity with words',
      '{ teams: [{ name: "a", quota: { cpu: "2 cores" } }] }',
      ['teams.0.quota.cpu', '"2 cores"'],
    ],
  ])('%s', (_, changes, parts) => {
    project.extending('one', 'onprem', changes);
    refused(['one', ...parts]);
  });

  test('a site that is not there, with the one that was meant', () => {
    refused(['there is no such site', 'did you mean "one"?'], ['synth', 'onne']);
  });

  test('one bad site leaves the good ones as they are, too', () => {
    project.extending('two', 'onprem', '{ domain: "two.example.com" }').overlay('three', 'throw 1;');
    refused(['three']);
  });

  test('as JSON for machines', () => {
    project.extending('one', 'onprem', '{ spotFloor: 7 }');
    const { status, stdout, stderr } = project.run(['synth', '--json']);
    expect(JSON.parse(stdout).problems).toMatchObject([{ site: 'one', field: 'spotFloor', found: 7 }]);
    expect(stderr).toBe('');
    expect(status).toBe(1);
  });
});

describe('dist', () => {
  beforeEach(() => {
    project.extending('one', 'onprem', GOOD);
    project.run(['synth']);
  });

  test('with a foreign file is refused as a whole', () => {
    fs.writeFileSync(path.join(project.dist, 'one/notes.txt'), 'mine');
    project.extending('one', 'onprem', '{ domain: "other.example.com" }');
    refused(['one/notes.txt']);
  });

  test('with a foreign folder is refused as a whole', () => {
    fs.mkdirSync(path.join(project.dist, 'backup'));
    fs.writeFileSync(path.join(project.dist, 'backup/a.yaml'), 'mine');
    refused(['backup']);
  });

  test('that was edited by hand is told by --check and mended by synth', () => {
    const file = 'one/argocd/root.yaml';
    const before = project.files();
    fs.appendFileSync(path.join(project.dist, file), '# by hand\n');
    const { status, stderr } = project.run(['synth', '--check']);
    expect(stderr).toContain('argocd/root.yaml');
    expect(status).toBe(1);
    project.run(['synth']);
    expect(project.files()).toEqual(before);
  });

  test('that is a file is refused', () => {
    fs.rmSync(project.dist, { recursive: true });
    fs.writeFileSync(project.dist, '');
    const { status, stderr } = project.run(['synth']);
    expect(stderr).toContain('remedy:');
    expect(status).toBe(1);
    expect(fs.readFileSync(project.dist, 'utf8')).toBe('');
  });
});

const exited = (child: ChildProcess) =>
  new Promise<number | null>((done) => child.on('close', (code) => done(code)));

test('of two synths at once, each ends well or says that the other runs; dist is whole', async () => {
  project.extending('one', 'onprem', GOOD);
  project.run(['synth']);
  const files = project.files();
  fs.rmSync(project.dist, { recursive: true });
  const children = Array.from({ length: 4 }, () => spawn(...project.command('synth'), { stdio: 'pipe' }));
  const errors = children.map((child) => {
    let text = '';
    child.stderr?.on('data', (data) => {
      text += data;
    });
    return () => text;
  });
  const codes = await Promise.all(children.map(exited));
  codes.forEach((code, index) => {
    if (code !== 0) expect(errors[index]?.()).toMatch(/another|running|lock/i);
  });
  expect(codes).toContain(0);
  expect(project.files()).toEqual(files);
});

test('a synth that is killed leaves the old tree or the new one, and the next run cleans up', async () => {
  project.extending('one', 'onprem', GOOD);
  project.run(['synth']);
  const versions = [project.files()];
  project.extending(
    'one',
    'onprem',
    '{ domain: "other.example.com", mirrors: { "quay.io": "mirror.example.com" } }',
  );
  project.run(['synth']);
  versions.push(project.files());
  expect(versions[0]).not.toEqual(versions[1]);
  for (let index = 0; index < 12; index += 1) {
    project.extending(
      'one',
      'onprem',
      index % 2 ? '{ domain: "other.example.com", mirrors: { "quay.io": "mirror.example.com" } }' : GOOD,
    );
    const child = spawn(...project.command('synth'), { stdio: 'ignore' });
    // Rendering takes most of the run; the later half of it is where files are written.
    setTimeout(() => child.kill('SIGKILL'), 150 + index * 25);
    await exited(child);
    expect(versions).toContainEqual(project.files());
  }
  expect(project.run(['synth']).status).toBe(0);
  expect(fs.readdirSync(project.root).sort()).toEqual(['dist', 'overlays']);
}, 30_000);
