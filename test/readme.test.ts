import fs from 'node:fs';
import path from 'node:path';
import { rules } from '../core/rules';
import { program } from '../program';
import { readmeOf } from './cluster/readme';
import { readRecord } from './cluster/record';

const { root, platform } = program;
const readme = fs.readFileSync(path.join(root, 'README.md'), 'utf8');

test('the README has a row for each component, with what it is and where its pods run', () => {
  const rows = readme.split('\n').filter((line) => /^\| `[a-z-]+` /.test(line));
  const cells = rows.map((row) => row.split('|').map((cell) => cell.trim()));
  expect(cells.map(([, name]) => name)).toEqual(platform.components.map(({ name }) => `\`${name}\``));
  platform.components.forEach(({ summary, pods }, index) => {
    expect(cells[index]?.[2]).toBe(summary);
    for (const role of Object.keys(pods)) expect(cells[index]?.[3]).toContain(role);
  });
});

test('the README says of each component what is proven, as docs/proof.json has it', () => {
  expect(readme).toBe(readmeOf(readRecord(), readme));
});

test('the README counts the rules', () => {
  expect(readme).toContain(`${rules.length} rules over every object`);
});

test('who has no Argo CD is told of every component of the site on own machines, and of the version of each CRD', () => {
  const page = fs.readFileSync(path.join(root, 'docs/delivery.md'), 'utf8');
  const [, block = ''] = /## Without Argo CD.*?```sh\n(.*?)```/s.exec(page) ?? [];
  const applied = block
    .split('\n')
    .flatMap((line) => /^component ([^#]*)/.exec(line)?.[1]?.trim().split(' ') ?? []);
  const dist = path.join(root, 'dist/onprem');
  const components = fs.readdirSync(dist).filter((name) => name !== 'argocd');
  expect(applied.toSorted()).toEqual(components.toSorted());
  const applications = fs
    .readdirSync(path.join(dist, 'argocd'))
    .filter((file) => file.endsWith('-crds.yaml'));
  for (const file of applications) {
    const [, revision = '?'] =
      /targetRevision: "?([^"\s]+)/.exec(fs.readFileSync(path.join(dist, 'argocd', file), 'utf8')) ?? [];
    expect({ file, told: block.includes(revision) }).toEqual({ file, told: true });
  }
});

test('links between documents lead somewhere', () => {
  const pages = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'].concat(
    fs
      .readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
      .flatMap((file) => (file.endsWith('.md') ? `docs/${file}` : [])),
  );
  const broken = pages.flatMap((page) =>
    [...fs.readFileSync(path.join(root, page), 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
      .map(([, target = '']) => path.join(path.dirname(page), target))
      .filter((target) => !fs.existsSync(path.join(root, target)))
      .map((target) => `${page} → ${target}`),
  );
  expect(broken).toEqual([]);
});
