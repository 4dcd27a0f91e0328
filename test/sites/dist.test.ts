import fs from 'node:fs';
import path from 'node:path';
import { load } from 'js-yaml';
import { treeOf } from '../../core/tree';
import { GENERATED } from '../../core/write';
import { program } from '../../program';
import { wholeSites } from '../support/sites';

const sites = wholeSites();
const DIST = path.join(program.root, 'dist');

const filesBelow = (folder: string): string[] =>
  fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));

test('dist has a folder a site and nothing else', () => {
  expect(fs.readdirSync(DIST).sort()).toEqual([...sites.keys()].sort());
});

describe.each([...sites])('%s', (site, synthesis) => {
  const tree = treeOf(synthesis);

  test('dist is what the overlay renders', () => {
    const folder = path.join(DIST, site);
    expect(filesBelow(folder).sort()).toEqual([...tree.keys()].sort());
    for (const [file, text] of tree)
      expect(fs.readFileSync(path.join(folder, file), 'utf8')).toBe(GENERATED + text);
  });

  test('every object reads back from its file as it was made', () => {
    const read = [...tree.values()].map((text) => load(text));
    const made = synthesis.model.entries.map(({ manifest }) => JSON.parse(JSON.stringify(manifest)));
    const sorted = (objects: unknown[]) => objects.map((object) => JSON.stringify(object)).sort();
    expect(sorted(read)).toHaveLength(made.length);
    expect(new Set(sorted(read.map(sortKeys)))).toEqual(new Set(sorted(made.map(sortKeys))));
  });

  test('the root Application reads the folder that holds it', () => {
    const root = load(tree.get('argocd/root.yaml') ?? '') as { spec: { source: { path: string } } };
    expect(root.spec.source.path).toBe(`dist/${site}/argocd`);
  });
});

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sortKeys(each)]),
  );
}
