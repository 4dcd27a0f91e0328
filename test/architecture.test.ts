import fs from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '..');

/** Rooms and the rooms that each may import from. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: ['core'],
  cli: ['cli', 'core'],
  clouds: ['clouds', 'core', 'imports', 'versions'],
  charts: ['charts', 'core', 'imports', 'versions', 'compatibility'],
  argocd: ['argocd', 'core', 'imports'],
  imports: ['imports'],
  overlays: ['overlays', 'core', 'clouds', 'charts'],
};

const sources = (room: string): string[] =>
  fs
    .readdirSync(path.join(ROOT, room), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.join(room, file));

/** Paths of ours that a file imports, from the root. */
function importsOf(file: string): { readonly target: string; readonly typeOnly: boolean }[] {
  const text = fs.readFileSync(path.join(ROOT, file), 'utf8');
  return [...text.matchAll(/^(?:import|export)( type)?[^;]*? from '(\.[^']*)';/gms)].map(
    ([, typeOnly, target]) => ({
      target: path.normalize(path.join(path.dirname(file), target ?? '')),
      typeOnly: typeOnly !== undefined,
    }),
  );
}

const roomOf = (file: string): string => file.split(path.sep)[0] ?? '';

test.each(Object.entries(MAY_IMPORT))('%s imports only what it may', (room, allowed) => {
  const files = sources(room);
  expect(files.length).toBeGreaterThan(0);
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter(({ target }) => !allowed.includes(roomOf(target)))
      .map(({ target }) => `${file} imports ${target}`),
  );
  expect(wrong).toEqual([]);
});

test('overlays take only types from charts', () => {
  const wrong = sources('overlays').flatMap((file) =>
    importsOf(file).filter(({ target, typeOnly }) => roomOf(target) === 'charts' && !typeOnly),
  );
  expect(wrong).toEqual([]);
});

test('core knows no product', () => {
  const products = /\b(spark|argo|kafka|trino|hive|jupyter|karpenter|druid|starrocks|cassandra|jenkins)\b/i;
  const wrong = sources('core').filter((file) => {
    const code = fs.readFileSync(path.join(ROOT, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    return products.test(code);
  });
  expect(wrong).toEqual([]);
});

test('no file of the generator imports in a circle', () => {
  const graph = new Map(
    Object.keys(MAY_IMPORT)
      .flatMap(sources)
      .map((file) => [file, importsOf(file).map(({ target }) => resolve(target))] as const),
  );
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    if (trail.includes(file)) circles.push([...trail.slice(trail.indexOf(file)), file].join(' → '));
    if (done.has(file) || trail.includes(file)) return;
    for (const target of graph.get(file) ?? []) visit(target, [...trail, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  expect(circles).toEqual([]);
});

const resolve = (target: string): string =>
  [`${target}.ts`, path.join(target, 'index.ts')].find((file) => fs.existsSync(path.join(ROOT, file))) ??
  target;
