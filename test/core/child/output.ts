import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { GENERATED, type Tree } from '../../../core/write';

// What the tests of the output have in common. Whoever imports it gets a folder made before and removed after each test.

export const site = (files: Readonly<Record<string, string>>): Tree => new Map(Object.entries(files));

/** All nodes of a folder: path → text of a file, `folder`, or `other`. */
export function contents(folder: string, below = ''): Record<string, string> {
  const found: Record<string, string> = {};
  const entries = fs.existsSync(folder) ? fs.readdirSync(folder, { withFileTypes: true }) : [];
  for (const entry of entries.sort((one, two) => (one.name < two.name ? -1 : 1))) {
    const file = path.join(folder, entry.name);
    const name = below + entry.name;
    if (entry.isFile()) found[name] = fs.readFileSync(file, 'utf8');
    else found[name] = entry.isDirectory() ? 'folder' : 'other';
    if (entry.isDirectory()) Object.assign(found, contents(file, `${name}/`));
  }
  return found;
}

export const textsOf = (folder: string): Record<string, string> =>
  Object.fromEntries(Object.entries(contents(folder)).filter(([, text]) => text !== 'folder'));

export const textsOfTree = (files: Tree): Record<string, string> =>
  Object.fromEntries([...files].map(([file, text]) => [file, GENERATED + text]).sort());

/** Everything of a file or folder that writing it again would change. */
export function identity(file: string) {
  const { ino, mtimeNs, ctimeNs, nlink } = fs.lstatSync(file, { bigint: true });
  return { ino, mtimeNs, ctimeNs, nlink };
}

/** A folder of its own for each test. */
export let home: string;
/** The output folder in it; not made yet. */
export let dist: string;
export const beside = (name: string): string => path.join(home, name);
export const inDist = (...names: string[]): string => path.join(dist, ...names);

/** What a run may leave beside dist, which is nothing. */
export const leftovers = (): string[] =>
  fs
    .readdirSync(home)
    .filter((name) => name.startsWith('.dist.'))
    .sort();

/** Runs work that must fail; returns the error. */
export function failure(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing failed');
}

beforeEach(() => {
  home = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'write-'));
  dist = beside('dist');
});

afterEach(async () => {
  jest.restoreAllMocks();
  // Locks stop listening for signals only then.
  await new Promise(setImmediate);
  fs.rmSync(home, { recursive: true, force: true });
});
