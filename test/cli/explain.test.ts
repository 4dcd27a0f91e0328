import { z } from 'zod';
import { settingsAt, settingsOf } from '../../cli/schema';
import { Project } from '../support/project';
import { expectRefusal } from '../support/refusal';

const project = new Project().site('one');
afterAll(() => project.remove());

const json = async (...args: string[]) => JSON.parse((await project.runHere([...args, '--json'])).stdout);
const paths = async (what: string): Promise<string[]> =>
  (await json('explain', what)).settings.map(({ path }: { path: string }) => path);

describe('explain', () => {
  test('a component: what it is, where its pods run, what it offers and what it can be set to', async () => {
    const { stdout, status } = await project.runHere(['explain', 'argo-workflows']);
    expect(stdout).toMatch(/^argo-workflows: \w.*\n {2}pods of controller run on-demand\n/);
    expect(stdout).toContain('\n  offers https://argo-server:2746\n');
    expect(stdout).toMatch(/\n {2}request\.cpu \(string, default "500m"\)\n {4}CPU in cores\n/);
    expect(status).toBe(0);
    expect(await json('explain', 'argo-workflows')).toMatchObject({
      component: 'argo-workflows',
      pods: { controller: 'on-demand', workflow: 'spot' },
      endpoints: expect.arrayContaining(['https://argo-server:2746']),
      apis: expect.arrayContaining(['Workflow.argoproj.io']),
    });
  });

  test('a setting of a component, with those inside it', async () => {
    expect(await paths('argo-workflows.request')).toEqual(['request', 'request.cpu', 'request.memory']);
    expect(await paths('components.argo-workflows.request.cpu')).toEqual(['request.cpu']);
  });

  test('a field of overlays, as errors and as people write it', async () => {
    expect(await paths('spotFloor')).toEqual(['spotFloor']);
    const quota = ['cpu', 'memory', 'pods'].map((name) => `teams[].quota.${name}`);
    for (const path of ['teams.quota', 'teams[].quota', 'teams[1].quota'])
      expect(await paths(path)).toEqual(['teams[].quota', ...quota]);
    for (const path of ['mirrors', 'mirrors["quay.io"]', 'mirrors.quay'])
      expect(await paths(path)).toEqual(['mirrors']);
    expect(await paths('buckets.names.raw')).toEqual(['buckets.names']);
  });

  test('buckets: who may do what, and how long objects stay', async () => {
    const { stdout, status } = await project.runHere(['explain', 'buckets', 'one']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^one\nbucket +name +objects +brought back +what must stay\nraw +\S+-raw /);
    expect(stdout).toMatch(/\nartifacts +team-\S+ +workflow +read-write +argo-workflows\n/);
    expect(stdout).toMatch(/\nlogs +nobody\n/);
    const { sites } = await json('explain', 'buckets');
    expect(sites).toHaveLength(1);
    const artifacts = sites[0].buckets.find(({ purpose }: { purpose: string }) => purpose === 'artifacts');
    expect(artifacts).toMatchObject({ versionDays: 0, versions: 'overwritten' });
    expect(artifacts.grants).toContainEqual(
      expect.objectContaining({
        serviceAccount: 'argo-server',
        access: 'read',
        components: ['argo-workflows'],
      }),
    );
  });

  test('what overlays can say of buckets', async () => {
    expect(await paths('buckets.lifecycle')).toEqual(['buckets.lifecycle']);
  });

  test('the database that serves: which, why with sources, the runner-up, and what it takes', async () => {
    const { stdout, status } = await project.runHere(['explain', 'serving', 'one']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^one\n {2}serves: druid\n/);
    expect(stdout).toContain('the table would have picked starrocks; the choice by name is kept\n');
    expect(stdout).toMatch(/\n {2}\+ queries aggregate many rows: .* https:\/\/druid\.apache\.org\/\S+\n/);
    expect(stdout).toMatch(/\n {2}− queries join tables: /);
    expect(stdout).toContain('runner-up: starrocks, with 8 points\n');
    expect(stdout).toMatch(/\n {2}queries join tables +best +weak +no\n/);
    expect(stdout).toMatch(/\n {2}druid requests \d+\.\d CPU and \d+ Gi .*, of it on spot \d+ % \/ \d+ %\n$/);
    const { sites } = await json('explain', 'serving');
    expect(sites).toHaveLength(1);
    expect(sites[0]).toMatchObject({
      site: 'one',
      on: ['druid'],
      advice: { chosen: { component: 'druid' }, runnerUp: { component: 'starrocks' } },
    });
  });

  test('a site that does not say what it needs', async () => {
    const quiet = new Project().site('quiet', '{ serving: undefined }');
    const { stdout } = await quiet.runHere(['explain', 'serving']);
    quiet.remove();
    expect(stdout).toBe('quiet\n  serves: none; the overlay does not say under serving what it needs\n');
  });

  test('what overlays can say of what they need', async () => {
    expect(await paths('serving.ingest')).toEqual([
      'serving.ingest',
      'serving.ingest.amount',
      'serving.ingest.every',
    ]);
  });

  test('a site beside something that is the same for all', async () => {
    await expectRefusal(
      project,
      {
        field: 'spotFloor',
        found: '"one"',
        message: 'is the same for every site',
        remedy: 'write npx lakeport explain spotFloor',
      },
      ['explain', 'spotFloor', 'one'],
    );
  });

  test('everything that an overlay can say', async () => {
    const { stdout } = await project.runHere(['explain']);
    for (const field of ['cloud', 'git.repository', 'teams[].name', 'components'])
      expect(stdout).toContain(`  ${field} (`);
  });

  test.each([
    ['a component', 'argo-workflow', 'there is no component or field of this name', '"argo-workflows"'],
    ['a field', 'spotFlor', 'there is no component or field of this name', '"spotFloor"'],
    [
      'a setting',
      'argo-workflows.paralelism',
      'argo-workflows has no such setting',
      '"argo-workflows.parallelism"',
    ],
    ['a component by its place', 'components.argo-workflow', 'there is no component', '"argo-workflows"'],
  ])('%s that is misspelt, with the one that was meant', async (_, what, message, near) => {
    await expectRefusal(
      project,
      { field: what.replace('components.', ''), message, remedy: `did you mean ${near}?` },
      ['explain', what],
    );
  });

  test('nothing near: where to look', async () => {
    await expectRefusal(
      project,
      { field: 'zzzzzzzzz', message: 'there is no component', remedy: 'npx lakeport list' },
      ['explain', 'zzzzzzzzz'],
    );
  });
});

describe('list', () => {
  test('every component with its settings', async () => {
    const { stdout } = await project.runHere(['list']);
    expect(stdout).toMatch(/^component +what it is +pods\nnamespaces +\w/);
    expect(stdout).toMatch(/\nargo-workflows can be set:\n {2}setting +type +default +meaning\n/);
    const { components } = await json('list');
    expect(components.map(({ name }: { name: string }) => name)).toContain('node-pools');
  });

  test('a site: what is on, and in which order', async () => {
    project.site('one', '{ components: { "argo-workflows": false, "argo-events": false } }');
    const { stdout } = await project.runHere(['list', 'one']);
    expect(stdout).toMatch(/^component +wave +comes after +what it is +pods\nnamespaces +0 +\w/);
    expect(stdout).toMatch(/\nargo-workflows +off +\w/);
    expect((await json('list', 'one')).components).toContainEqual(
      expect.objectContaining({ name: 'namespaces', on: true, wave: 0, after: [] }),
    );
  });

  test('a site that is not there', async () => {
    const expected = { site: 'noe', field: 'overlays/noe.ts', found: '"noe"', message: 'no such site' };
    await expectRefusal(project, { ...expected, remedy: 'did you mean "one"?' }, ['list', 'noe']);
  });
});

describe('settings of a schema', () => {
  const schema = z.strictObject({
    size: z.enum(['small', 'large']).default('small').describe('How large'),
    names: z.array(z.strictObject({ first: z.string() })),
    by: z.record(z.string(), z.int()).default({}),
    all: z.strictObject({ one: z.union([z.string(), z.literal(false)]).optional() }).prefault({}),
  });

  test('are told with type, default and whether they must be given', () => {
    expect(settingsOf(schema)).toEqual([
      {
        path: 'size',
        type: '"small" | "large"',
        description: 'How large',
        default: 'small',
        required: false,
      },
      { path: 'names', type: 'list of object', description: '', required: true },
      { path: 'names[].first', type: 'string', description: '', required: true },
      {
        path: 'by',
        type: 'object from text to integer',
        description: '',
        default: {},
        required: false,
        keyed: true,
      },
      { path: 'all', type: 'object', description: '', required: false },
      { path: 'all.one', type: 'string | false', description: '', required: false },
    ]);
  });

  test('are found at their path and no other', () => {
    const at = (path: string) => settingsAt(settingsOf(schema), path).map((each) => each.path);
    expect(at('names[3].first')).toEqual(['names[].first']);
    expect(at('by["x.y"]')).toEqual(['by']);
    for (const none of ['nam', 'size.more', 'names.last', '']) expect(at(none)).toEqual([]);
  });
});
