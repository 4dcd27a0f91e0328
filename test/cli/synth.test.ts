import fs from 'node:fs';
import path from 'node:path';
import { Project } from '../support/project';
import { expectRefusal } from '../support/refusal';

let project: Project;
beforeEach(async () => {
  project = new Project().extending('one', 'onprem', '{}');
  expect(await project.runHere(['synth'])).toMatchObject({ status: 0, stderr: '' });
});
afterEach(() => project.remove());

const synth = async (...args: string[]) =>
  JSON.parse((await project.runHere(['synth', '--json', ...args])).stdout);

describe('a site', () => {
  test('is told in numbers', async () => {
    fs.rmSync(project.dist, { recursive: true });
    const { out, sites, removedSites, problems } = await synth();
    const count = Object.keys(project.files()).length;
    expect({ out, removedSites, problems }).toEqual({ out: project.dist, removedSites: [], problems: [] });
    expect(sites).toEqual([
      {
        site: 'one',
        components: expect.any(Number),
        objects: count,
        files: { added: count, changed: 0, removed: 0, unchanged: 0 },
        waves: expect.any(Number),
        regular: { cpu: expect.any(Number), memory: expect.any(Number) },
        spot: { cpu: expect.any(Number), memory: expect.any(Number) },
        spotShare: {
          idle: { cpu: expect.any(Number), memory: expect.any(Number) },
          working: { cpu: expect.any(Number), memory: expect.any(Number) },
          maximum: { cpu: expect.any(Number), memory: expect.any(Number) },
        },
        milliseconds: expect.any(Number),
      },
    ]);
    expect(sites[0].spotShare.working.cpu).toBeCloseTo(
      sites[0].spot.cpu / (sites[0].spot.cpu + sites[0].regular.cpu),
    );
  });

  test('is told in a table', async () => {
    project.extending(
      'one',
      'onprem',
      '{ domain: "other.example.com", mirrors: { "quay.io": "m.example.com" } }',
    );
    const { stdout } = await project.runHere(['synth']);
    const [head, row, ...notes] = stdout.split('\n');
    expect(head).toMatch(
      /^site +components +objects +files \+ ~ − +waves +regular +spot +spot share +at most +idle +ms$/,
    );
    expect(row).toMatch(
      /^one +\d+ +\d+ +\+0 ~[1-9]\d* −0 +\d+ +\d+\.\d CPU \d+ Gi +\d+\.\d CPU \d+ Gi +\d+ % \/ \d+ %/,
    );
    expect(notes.join('')).toContain('working load');
  });

  test('that has not changed is not touched, neither by a second run nor by --check', async () => {
    const ages = () =>
      Object.keys(project.files()).map((file) => fs.statSync(path.join(project.dist, file)).ctimeMs);
    const before = ages();
    expect((await synth()).sites[0].files).toMatchObject({ added: 0, changed: 0, removed: 0 });
    expect(await project.runHere(['synth', '--check'])).toMatchObject({ status: 0, stderr: '' });
    expect(ages()).toEqual(before);
  });

  test('is untouched by a synth of another site', async () => {
    project.extending('two', 'onprem', '{ domain: "two.example.com" }');
    const before = project.files();
    fs.rmSync(path.join(project.root, 'overlays/one.ts'));
    expect(await project.runHere(['synth', 'two'])).toMatchObject({ status: 0 });
    expect(project.files()).toMatchObject(before);
    expect(fs.readdirSync(project.dist).sort()).toEqual(['one', 'two']);
  });

  test('can be written elsewhere', async () => {
    const before = project.files();
    await project.runHere(['synth', '--out', 'elsewhere']);
    expect(fs.readdirSync(path.join(project.root, 'elsewhere'))).toEqual(['one']);
    expect(project.files()).toEqual(before);
  });
});

describe('--check', () => {
  test('names the files that differ and writes nothing', async () => {
    project.extending(
      'one',
      'onprem',
      '{ domain: "other.example.com", mirrors: { "quay.io": "m.example.com" } }',
    );
    const before = project.files();
    const { status, stderr } = await project.runHere(['synth', '--check']);
    expect(stderr).toContain('✖ one › dist: is not what the overlay renders\n  found:  [');
    expect(stderr).toContain('deployment-argo-server.yaml');
    expect(stderr).toContain('remedy: run npm run synth and commit dist');
    expect(status).toBe(1);
    const json = await project.runHere(['synth', '--check', '--json']);
    expect(JSON.parse(json.stdout).problems).toMatchObject([{ site: 'one', field: 'dist' }]);
    expect(json).toMatchObject({ status: 1, stderr: '' });
    expect(project.files()).toEqual(before);
  });

  test('tells a file that was edited by hand, and synth mends it', async () => {
    const before = project.files();
    fs.appendFileSync(path.join(project.dist, 'one/argocd/root.yaml'), '# by hand\n');
    const { status, stderr } = await project.runHere(['synth', '--check']);
    expect(stderr).toContain('argocd/root.yaml');
    expect(status).toBe(1);
    await project.runHere(['synth']);
    expect(project.files()).toEqual(before);
  });
});

describe('a run that would empty a site', () => {
  const count = () => Object.keys(project.files()).length;

  test('is refused where most of its components are turned off, unless that is meant', async () => {
    const before = count();
    project.extending(
      'one',
      'onprem',
      '{ components: { "argo-workflows": false, autoscaling: false, certificates: false }, teams: [{ name: "only" }] }',
    );
    const removed = (await synth('--check')).sites[0].files.removed;
    await expectRefusal(project, {
      site: 'one',
      field: 'dist/one',
      found: `"${removed} of ${before} files"`,
      message: 'would lose more than half of its files',
      remedy: 'look at what the overlay turns off; if all of it shall go, run synth with --allow-shrink',
    });
    expect(await project.runHere(['synth', '--allow-shrink'])).toMatchObject({ status: 0, stderr: '' });
    expect(count()).toBeLessThan(before / 2);
  });

  test('is refused where its overlay is gone, unless that is meant', async () => {
    const before = count();
    project.extending('two', 'onprem', '{}');
    await project.runHere(['synth']);
    fs.rmSync(path.join(project.root, 'overlays/one.ts'));
    expect((await project.runHere(['synth', '--check'])).stderr).toContain('has no overlay any more');
    await expectRefusal(project, {
      site: 'one',
      field: 'dist/one',
      found: `"${before} of ${before} files"`,
      message: 'would be removed, since overlays/one.ts is gone',
      remedy: 'put the overlay back; if all of it shall go, run synth with --allow-shrink',
    });
    expect((await project.runHere(['synth', '--allow-shrink'])).stdout).toContain(
      'removed one: its overlay is gone',
    );
    expect(fs.readdirSync(project.dist)).toEqual(['two']);
  });

  test('is not one that removes half or less', async () => {
    const before = count();
    project.extending('one', 'onprem', '{ teams: [{ name: "ingestion" }] }');
    expect(await project.runHere(['synth'])).toMatchObject({ status: 0, stderr: '' });
    expect(count()).toBeLessThan(before);
  });
});

describe('dist is refused', () => {
  test('with a foreign file', async () => {
    const file = path.join(project.dist, 'one/notes.txt');
    fs.writeFileSync(file, 'mine');
    project.extending('one', 'onprem', '{ domain: "other.example.com" }');
    const before = project.files();
    const { status, stderr } = await project.runHere(['synth']);
    expect(stderr).toContain('one/notes.txt');
    expect(stderr).toContain('remedy: move it out of there or delete it');
    expect(status).toBe(1);
    expect(project.files()).toEqual(before);
  });

  test('with a foreign folder', async () => {
    fs.mkdirSync(path.join(project.dist, 'backup'));
    fs.writeFileSync(path.join(project.dist, 'backup/a.yaml'), 'mine');
    await expectRefusal(project, {
      field: 'dist/backup',
      message: 'was not written by lakeport',
      remedy: 'move it elsewhere or delete it',
    });
  });

  test('that is a file', async () => {
    fs.rmSync(project.dist, { recursive: true });
    fs.writeFileSync(project.dist, 'mine');
    const { status, stderr } = await project.runHere(['synth']);
    expect(stderr).toContain('a file is where a folder must be');
    expect(stderr).toContain('remedy: move that file away');
    expect(status).toBe(1);
    expect(fs.readFileSync(project.dist, 'utf8')).toBe('mine');
  });
});
