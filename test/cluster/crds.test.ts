import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { cacheFolder } from './cache';
import { type Definition, publishedCrds } from './crds';

/** A publisher's repository with a folder of CRDs, and a cache for what is taken from it. */
let root: string;
let repository: string;
const cache = process.env.XDG_CACHE_HOME;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'lakeport-crds-'));
  // kubectl is where it was built.
  fs.mkdirSync(path.join(root, 'lakeport'));
  fs.symlinkSync(path.join(cacheFolder(), 'tools'), path.join(root, 'lakeport/tools'));
  process.env.XDG_CACHE_HOME = root;
  repository = path.join(root, 'repository');
});
afterEach(() => {
  if (cache === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = cache;
  fs.rmSync(root, { recursive: true, force: true });
});

const GROUP = 'stable.example.com';

const crd = (plural: string, group = GROUP): string => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: ${plural}.${group}
spec:
  group: ${group}
  names:
    kind: Thing
    plural: ${plural}
`;

function publish(files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    const whole = path.join(repository, file);
    fs.mkdirSync(path.dirname(whole), { recursive: true });
    fs.writeFileSync(whole, text);
  }
  const identity = ['-c', 'user.name=publisher', '-c', 'user.email=publisher@example.com'];
  for (const args of [
    ['init', '--quiet'],
    ['add', '.'],
    ['commit', '--quiet', '--message=v1'],
    ['tag', 'v1.0.0'],
  ]) {
    execFileSync('git', [...identity, ...args], { cwd: repository });
  }
}

const take = (version = 'v1.0.0'): Promise<Map<string, Definition>> =>
  publishedCrds(
    {
      kind: 'manifests',
      name: 'things',
      namespace: 'things',
      repository: `file://${repository}`,
      path: 'config/crd',
      version,
    },
    new Set([GROUP]),
    () => undefined,
  );

test('a folder is taken at its tag, without what is of other groups or no CRD', async () => {
  publish({
    'config/crd/things.yaml': crd('things'),
    'config/crd/others.yaml': crd('others', 'other.example.com'),
    'config/crd/README.md': 'none',
  });
  fs.writeFileSync(path.join(repository, 'config/crd/things.yaml'), crd('later'));
  execFileSync(
    'git',
    ['-c', 'user.name=p', '-c', 'user.email=p@example.com', 'commit', '--quiet', '-am', 'later'],
    {
      cwd: repository,
    },
  );
  expect([...(await take()).keys()]).toEqual([`things.${GROUP}`]);
});

test('a kustomization is taken as it makes its CRDs', async () => {
  publish({
    'config/crd/bases/things.yaml': crd('things'),
    'config/crd/bases/unused.yaml': crd('unused'),
    'config/crd/kustomization.yaml': `resources: [bases/things.yaml]
patches:
  - patch: |
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: { name: things.${GROUP} }
      spec: { names: { kind: Patched } }
`,
  });
  const found = await take();
  expect([...found].map(([name, { spec }]) => [name, spec.names.kind])).toEqual([
    [`things.${GROUP}`, 'Patched'],
  ]);
});

test('a tag that is not there is told with what to do', async () => {
  publish({ 'config/crd/things.yaml': crd('things') });
  await expect(take('v2.0.0')).rejects.toThrow(
    /CRDs could not be downloaded: (.|\n)*v2\.0\.0(.|\n)*set LAKEPORT_CRDS/,
  );
});
