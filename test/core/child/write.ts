import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { compareTree, type Tree, WriteError, writeTrees } from '../../../core/write';
import { tree } from './trees';

// What another process does in the tests of core/write: node bin/run.js <this file> <mode> <dist>
const [mode, dist = ''] = process.argv.slice(2);

/** Tells the outcome of one run as JSON. */
function once(site: Tree): void {
  try {
    const { added, changed } = writeTrees(dist, new Map([['site', site]])).get('site') ?? {};
    console.log(JSON.stringify({ written: (added?.length ?? 0) + (changed?.length ?? 0) }));
  } catch (error) {
    if (!(error instanceof WriteError)) throw error;
    const { name, path, what, remedy } = error;
    console.log(JSON.stringify({ error: { name, path, what, remedy } }));
  }
}

if (mode === 'loop') {
  process.stdout.write('ready');
  for (let run = 0; ; run++) writeTrees(dist, new Map([['site', tree(run % 2 === 0 ? 'B' : 'A')]]));
} else if (mode === 'big') {
  once(new Map([['big.yaml', 'x'.repeat(400_000)]]));
} else if (mode === 'B') {
  once(tree('B'));
} else {
  // In a place that only this process sees: a whole site first, then what is to be refused.
  writeTrees(dist, new Map([['site', tree('A')]]));
  const mount = (...rest: readonly string[]) => execFileSync('mount', rest);
  if (mode === 'read-only') mount('-o', 'remount,ro', path.dirname(dist));
  if (mode === 'own-mount') mount('--bind', dist, dist);
  once(tree('B'));
  const { added, changed, removed, unchanged } = compareTree(dist, 'site', tree('A'));
  const untouched = added.length + changed.length + removed.length === 0 && unchanged === 150;
  console.log(JSON.stringify({ untouched, beside: fs.readdirSync(path.dirname(dist)) }));
}
