import fs from 'node:fs';
import path from 'node:path';
import { load } from 'js-yaml';
import { Project } from '../support/project';

const project = new Project();
afterAll(() => project.remove());

const PRODUCTION = `import { aws } from 'REPOSITORY/clouds/aws';
  import { defineOverlay } from 'REPOSITORY/core/overlay';
  export default defineOverlay({
    cloud: aws({ region: 'eu-central-1', account: '111122223333', cluster: 'lake' }),
    domain: 'lake.example.com',
    git: { repository: 'https://git.example.com/lake.git' },
    buckets: { prefix: 'acme-lake' },
    registry: '111122223333.dkr.ecr.eu-central-1.amazonaws.com/lake',
    teams: [{ name: 'blue' }, { name: 'red' }],
    components: { jupyterhub: false, 'argo-workflows': { parallelism: { min: 0, typical: 5, max: 12 } } },
  });`;

const STAGING = `import { aws } from 'REPOSITORY/clouds/aws';
  import { extendOverlay } from 'REPOSITORY/core/overlay';
  import production from './aws-production';
  export default extendOverlay(production, {
    cloud: aws({ region: 'eu-west-1', account: '444455556666', cluster: 'lake-staging', identity: 'irsa' }),
    domain: 'staging.lake.example.com',
    git: { revision: 'staging' },
    buckets: { prefix: 'acme-lake-staging' },
    teams: [{ name: 'blue' }],
  });`;

test('one more file in overlays is one more site, which can extend another', async () => {
  project.overlay('aws-production', PRODUCTION).overlay('aws-staging', STAGING);
  const { status, stderr } = await project.runHere(['synth', '--json']);
  expect(stderr).toBe('');
  expect(status).toBe(0);

  const files = project.files();
  const foldersOf = (site: string) => fs.readdirSync(path.join(project.dist, site)).sort();
  expect(fs.readdirSync(project.dist).sort()).toEqual(['aws-production', 'aws-staging']);
  expect(foldersOf('aws-staging')).toEqual(foldersOf('aws-production'));

  // What staging says is staging's.
  // biome-ignore lint/suspicious/noExplicitAny: an Application, as the file has it
  const root = load(files['aws-staging/argocd/root.yaml'] ?? '') as any;
  expect(root.spec.source).toMatchObject({
    repoURL: 'https://git.example.com/lake.git',
    targetRevision: 'staging',
    path: 'dist/aws-staging/argocd',
  });
  const teams = Object.keys(files).filter((file) => /namespaces\/namespace-team-/.test(file));
  expect(teams.sort()).toEqual([
    'aws-production/namespaces/namespace-team-blue.yaml',
    'aws-production/namespaces/namespace-team-red.yaml',
    'aws-staging/namespaces/namespace-team-blue.yaml',
  ]);
  const account = files['aws-staging/argo-workflows/team-blue/serviceaccount-workflow.yaml'];
  expect(account).toContain('arn:aws:iam::444455556666:role/lake-staging-team-blue-workflow');

  // What it does not say is production's.
  for (const site of ['aws-production', 'aws-staging']) {
    expect(files[`${site}/argo-workflows/configmap-workflow-controller-configmap.yaml`]).toMatch(
      /namespaceParallelism: "?12\b/,
    );
  }
});

test('a wrong option of a cloud names the site, and leaves dist as it was', async () => {
  const before = project.files();
  expect(Object.keys(before).length).toBeGreaterThan(100);
  project.overlay('aws-staging', STAGING.replace('eu-west-1', 'Ireland'));
  const { status, stderr } = await project.runHere(['synth']);
  expect(status).toBe(1);
  expect(stderr).toContain('aws-staging › cloud.region: is no AWS region');
  expect(stderr).toContain('found:  "Ireland"');
  expect(stderr).toContain('remedy: write one such as "eu-central-1"');
  expect(project.files()).toEqual(before);
});
