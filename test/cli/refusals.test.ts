import fs from 'node:fs';
import path from 'node:path';
import type { ComponentChart } from '../../core/chart';
import { platformOf, regularComponent, server, serverComponent, small } from '../support/platform';
import { Project } from '../support/project';
import { type Expected, expectRefusal } from '../support/refusal';

const TEST_SITE = `
  import { overlay } from 'REPOSITORY/test/support/platform';
  export default overlay();`;

// Overlays are of lakeport; what lies in dist and must stay is of the small platform, which is made sooner.
let project: Project;
beforeEach(async () => {
  project = new Project().overlay('one', TEST_SITE);
  expect(await project.runHere(['synth'], small)).toMatchObject({ status: 0, stderr: '' });
});
afterEach(() => project.remove());

describe('a value of an overlay is refused', () => {
  test.each<[string, string, Expected]>([
    [
      'an unknown component',
      '{ components: { sparc: {} } as never }',
      {
        field: 'components.sparc',
        found: '"sparc"',
        message: 'no such component',
        remedy: 'did you mean "spark"?',
      },
    ],
    [
      'an unknown field',
      '{ team: [] } as never',
      { field: 'team', found: '[]', message: 'no such setting', remedy: 'did you mean "teams"?' },
    ],
    [
      'an unknown setting',
      '{ components: { "argo-workflows": { paralelism: 3 } } } as never',
      {
        component: 'argo-workflows',
        field: 'paralelism',
        found: '3',
        message: 'no such setting',
        remedy: 'did you mean "parallelism"?',
      },
    ],
    [
      'an unknown setting inside another',
      '{ components: { "argo-workflows": { request: { cpus: "1" } } } } as never',
      {
        component: 'argo-workflows',
        field: 'request.cpus',
        found: '"1"',
        message: 'no such setting',
        remedy: 'did you mean "cpu"?',
      },
    ],
    [
      'an unknown key',
      '{ buckets: { prefix: "lake", names: { row: "x" } } } as never',
      {
        field: 'buckets.names.row',
        found: '"x"',
        message: 'no such setting',
        remedy: 'did you mean "raw"?',
      },
    ],
    [
      'a wrong type',
      '{ components: { "argo-workflows": { parallelism: "many" } } } as never',
      {
        component: 'argo-workflows',
        field: 'parallelism',
        found: '"many"',
        message: 'is not an object',
        remedy: 'write { min, typical, max }',
      },
    ],
    [
      'settings of a wrong type',
      '{ components: { "argo-workflows": true } } as never',
      {
        component: 'argo-workflows',
        field: 'components.argo-workflows',
        found: 'true',
        message: 'is not an object',
        remedy: 'write { parallelism, request, ',
      },
    ],
    [
      'a number that is none',
      '{ spotFloor: Number.NaN }',
      { field: 'spotFloor', found: 'NaN', message: 'is not a number', remedy: 'write a number' },
    ],
    [
      'what is missing',
      '{ teams: [{}] } as never',
      { field: 'teams[0].name', message: 'is missing', remedy: 'write text: Name of the team' },
    ],
    [
      'a quantity with a wrong unit',
      '{ teams: [{ name: "a" }, { name: "b", quota: { cpu: "2 cores" } }] }',
      {
        field: 'teams[1].quota.cpu',
        found: '"2 cores"',
        message: 'is no CPU quantity',
        remedy: 'write cores or thousandths as text, such as "2"',
      },
    ],
    [
      'a quantity without its unit',
      '{ components: { "argo-workflows": { request: { memory: 4 } } } } as never',
      {
        component: 'argo-workflows',
        field: 'request.memory',
        found: '4',
        message: 'is no size',
        remedy: 'write a number with a unit as text, such as "512Mi"',
      },
    ],
    [
      'a bucket name that the cloud forbids',
      '{ buckets: { prefix: "Lake" } }',
      {
        field: 'buckets.prefix',
        found: '"Lake-presentation"',
        message: 'onprem refuses this bucket name',
        remedy: 'choose another',
      },
    ],
    [
      'two teams of one name',
      '{ teams: [{ name: "a" }, { name: "b" }, { name: "a" }] }',
      { field: 'teams[2].name', found: '"a"', message: 'two teams have this name', remedy: 'give each team' },
    ],
    [
      'a share above 1',
      '{ spotFloor: 7 }',
      { field: 'spotFloor', found: '7', message: 'is too large', remedy: 'use at most 1' },
    ],
    [
      'a profile of notebooks larger than any node',
      '{ components: { jupyterhub: { image: "example.com/notebook:4.1.3", profiles: [{ name: "huge", description: "All of it", cores: 96, memory: "64Gi" }] } } }',
      {
        component: 'jupyterhub',
        field: 'profiles[0].cores',
        found: '96',
        message: 'is more than the largest node has for one pod, which is 64',
        remedy: 'write less, or say what your largest node has',
      },
    ],
    [
      'a stream of a topic that nobody declares',
      '{ components: { spark: { applications: [{ kind: "stream", team: "science", name: "clicks", topic: "clicks", table: "web/clicks" }] } } }',
      {
        component: 'spark',
        field: 'applications[0].topic',
        found: '"clicks"',
        message: 'names a topic that the overlay does not declare: science.clicks',
        remedy: 'declare it: components.kafka.topics: [{ team: "science", name: "clicks" }]',
      },
    ],
    [
      'an image of a user with another Spark',
      '{ components: { spark: { image: "example.com/spark:3.5.1" } } }',
      {
        component: 'spark',
        field: 'image',
        found: '"example.com/spark:3.5.1"',
        message: 'does not carry Spark',
        remedy: 'build it from an image of the platform',
      },
    ],
    [
      'a component turned off without which nothing works',
      '{ components: { namespaces: false } }',
      {
        component: 'namespaces',
        field: 'components.namespaces',
        found: 'false',
        message: 'cannot be turned off',
        remedy: 'leave it on',
      },
    ],
  ])('%s', async (_, changes, expected) => {
    project.site('one', changes);
    await expectRefusal(project, { site: 'one', ...expected });
  });

  test.each<[string, string, Expected]>([
    [
      'a wrong option of a cloud',
      'aws({ region: "x", account: "111122223333", cluster: "lake" })',
      {
        field: 'cloud.region',
        found: '"x"',
        message: 'is no AWS region',
        remedy: 'write one such as "eu-central-1"',
      },
    ],
    [
      'a missing option of a cloud',
      'aws({ region: "eu-central-1", account: "111122223333" })',
      {
        field: 'cloud.cluster',
        message: 'is missing',
        remedy: 'write text: Name of the EKS cluster',
      },
    ],
    [
      'an unknown option of a cloud',
      'aws({ region: "eu-central-1", account: "111122223333", cluster: "lake", acount: 1 })',
      {
        field: 'cloud.acount',
        found: '1',
        message: 'no such setting',
        remedy: 'did you mean "account"?',
      },
    ],
    [
      'what is no cloud',
      '"aws"',
      { field: 'cloud', found: '"aws"', message: 'is no cloud', remedy: 'write aws({ … })' },
    ],
  ])('%s', async (_, cloud, expected) => {
    project.overlay(
      'one',
      `import { aws } from 'REPOSITORY/clouds/aws';
       import { extendOverlay } from 'REPOSITORY/core/overlay';
       import base from 'REPOSITORY/overlays/onprem';
       export default extendOverlay(base, { cloud: ${cloud} });`,
    );
    await expectRefusal(project, { site: 'one', ...expected });
  });
});

describe('an overlay file is refused', () => {
  test.each<[string, string, Expected]>([
    [
      'that throws what is no error',
      'throw 1;',
      {
        field: 'overlays/one.ts',
        found: '1',
        message: 'throws while it is read',
        remedy: 'change the line',
      },
    ],
    [
      'that exports nothing',
      'export const site = 1;',
      {
        field: 'export default',
        message: 'does not export an overlay',
        remedy: 'write `export default defineOverlay({ … })`',
      },
    ],
    [
      'that exports what is no overlay',
      'export default { cloud: "aws" };',
      {
        field: 'export default',
        found: "{ cloud: 'aws' }",
        message: 'does not export an overlay',
        remedy: 'write `export default defineOverlay({ … })`',
      },
    ],
    [
      'with a syntax error',
      '// one\nexport default {{;',
      {
        field: 'overlays/one.ts:2',
        found: '"Unexpected token `{`',
        message: 'has a syntax error',
        remedy: 'mend it there',
      },
    ],
    [
      'that imports what is not there',
      'import "./nowhere";',
      {
        field: 'overlays/one.ts',
        message: 'imports what is not there',
        found: '',
        remedy: 'mend the path',
      },
    ],
  ])('%s', async (_, text, expected) => {
    project.overlay('one', text);
    await expectRefusal(project, { site: 'one', ...expected });
  });

  test('that is not there, with the one that was meant', async () => {
    await expectRefusal(
      project,
      {
        site: 'onne',
        field: 'overlays/onne.ts',
        found: '"onne"',
        message: 'there is no such site',
        remedy: 'did you mean "one"?',
      },
      ['synth', 'onne'],
    );
  });

  test('where there is none at all', async () => {
    fs.rmSync(path.join(project.root, 'overlays/one.ts'));
    await expectRefusal(project, {
      field: 'overlays/',
      message: 'there is no overlay',
      remedy: 'write one file a site',
    });
  });

  test('alone; the good ones beside it stay as they are, too', async () => {
    project
      .overlay('two', TEST_SITE.replace('overlay()', 'overlay({ spotFloor: 0 })'))
      .overlay('three', 'throw 1;');
    const expected = {
      site: 'three',
      field: 'overlays/three.ts',
      found: '1',
      message: 'throws',
      remedy: 'change',
    };
    await expectRefusal(project, expected, ['synth'], small);
  });
});

describe('components that do not fit together are refused', () => {
  const to = (name: string) => ({
    also: (chart: ComponentChart) => void chart.connect(server(name), chart.pods('server')),
  });

  beforeEach(() => fs.rmSync(project.dist, { recursive: true }));

  test('one that is turned off and needed', async () => {
    expect(await project.runHere(['synth'], small)).toMatchObject({ status: 0, stderr: '' });
    project.overlay('one', TEST_SITE.replace('overlay()', 'overlay({ components: { shop: false } })'));
    const expected = {
      site: 'one',
      component: 'till',
      field: 'components.shop',
      found: 'false',
      message: 'till needs shop, which overlay one turns off',
      remedy: 'turn shop on, or turn till off as well',
    };
    await expectRefusal(project, expected, ['synth'], small);
  });

  test('in a circle', async () => {
    const expected = {
      site: 'one',
      component: 'a',
      field: 'connections',
      found: '"a → b → a"',
      message: 'components need each other in a circle',
      remedy: 'remove one of these connections',
    };
    const platform = platformOf(serverComponent('a', to('b')), serverComponent('b', to('a')));
    await expectRefusal(project, expected, ['synth'], platform);
  });

  test('with two endpoints on one port', async () => {
    const expected = {
      site: 'one',
      component: 'twice',
      field: 'endpoint twice.twice.svc:80',
      found: '80',
      message: 'two endpoints are on one port',
      remedy: 'give one of them another port',
    };
    const twice = serverComponent('twice', { endpoints: [server('twice'), server('twice')] });
    await expectRefusal(project, expected, ['synth'], platformOf(twice));
  });

  test('with less on spot nodes than the floor', async () => {
    project.overlay('one', TEST_SITE.replace('overlay()', 'overlay({ spotFloor: 0.8 })'));
    const { stdout, status } = await project.runHere(
      ['synth', '--json'],
      platformOf(serverComponent('shop'), regularComponent('heavy', '1')),
    );
    expect(JSON.parse(stdout).problems).toContainEqual({
      site: 'one',
      field: 'spotFloor',
      found: '66.7 %',
      message: 'at the working load, less of the requested cpu is pinned to spot than the floor of 80.0 %',
      remedy: 'raise what runs on spot, or lower what does not (most: heavy in heavy)',
    });
    expect(status).toBe(1);
    expect(project.files()).toEqual({});
  });
});
