import fs from 'node:fs';
import path from 'node:path';
import {
  type Change,
  type Comparison,
  compare,
  fileText,
  foldersOf,
  isPlainName,
  type Place,
  placeOf,
  type Tree,
} from './dist';
import { exchange } from './exchange';
import { acquireLock, holdsLock } from './lock';
import { isProcessName, isRunning, thisProcess } from './process';
import { explaining, ForeignFilesError, WriteError } from './write-error';

export { type Change, compareTree, GENERATED, type Stranger, strangers, type Tree } from './dist';
export { LockError } from './lock';
export { ForeignFilesError, WriteError } from './write-error';

/** What else {@link writeTrees} does. */
export interface WriteOptions {
  /** Folders of dist to delete, as far as they exist. Default: none. */
  readonly remove?: readonly string[];
  /** Sees what would change before anything does; what it throws stops the run, with everything as it was. */
  readonly approve?: (changes: ReadonlyMap<string, Change>) => void;
}

/**
 * Writes every tree to `<dist>/<name>` and returns what changed, also of the removed folders. Each file gets the line
 * GENERATED in front of its text. Files that are already right keep inode and time of change; a folder that is right
 * is not touched; a tree without files leaves no folder.
 *
 * All folders are made in `.dist.tmp-…` beside dist, then each is exchanged with the old one in one step: whenever
 * the process is killed, each folder is wholly old or wholly new. Where the system cannot exchange folders (Windows,
 * some network file systems, no koffi), two renames do it; a process that is killed between them leaves the folder
 * missing, and the next run puts the old one back before it does anything else. What the kernel has not written to
 * the disk when the power fails is not covered.
 *
 * Takes the lock of dist for its time, unless this process holds it already.
 * @throws ForeignFilesError where a folder holds what was not generated; nothing was written
 * @throws WriteError where the system refuses; everything is as it was
 * @throws LockError where another run writes
 */
export function writeTrees(
  dist: string,
  trees: ReadonlyMap<string, Tree>,
  { remove = [], approve = () => {} }: WriteOptions = {},
): Map<string, Change> {
  const wanted = new Map<string, Tree>(trees);
  for (const name of remove) {
    if (trees.has(name)) throw new Error(`"${name}" is both to be written and to be removed`);
    wanted.set(name, new Map());
  }
  const release = holdsLock(dist) ? undefined : acquireLock(dist);
  try {
    return write(placeOf(dist), wanted, approve);
  } finally {
    release?.();
  }
}

interface Site {
  readonly name: string;
  readonly tree: Tree;
  readonly found: Comparison;
}

function write(
  place: Place,
  trees: ReadonlyMap<string, Tree>,
  approve: (changes: ReadonlyMap<string, Change>) => void,
): Map<string, Change> {
  const { dist } = place;
  explaining(dist, undefined, () => recover(place));
  const sites = [...trees].map(([name, tree]): Site => {
    if (!isPlainName(name)) throw new Error(`"${name}" is not the name of a folder`);
    return { name, tree, found: explaining(dist, undefined, () => compare(dist, name, tree)) };
  });
  const foreign = sites.flatMap(({ found }) => found.foreign);
  if (foreign.length > 0) throw new ForeignFilesError(dist, foreign);
  const changes = new Map(sites.map(({ name, found }) => [name, found.change]));
  approve(changes);
  const different = sites.filter(({ found }) => found.differs);
  if (different.length > 0) replace(place, different);
  return changes;
}

/** The temporary folder of a process, and what lies in it. */
function temporaryOf({ parent, prefix }: Place, process: string) {
  const root = path.join(parent, `${prefix}tmp-${process}`);
  return {
    root,
    fresh: path.join(root, 'new'),
    parked: path.join(root, 'old'),
    removed: path.join(root, 'removed'),
  };
}

/** Ends what killed runs began: puts back what they took away without a replacement, removes the rest. */
function recover(place: Place): void {
  const start = `${place.prefix}tmp-`;
  for (const entry of fs.readdirSync(place.parent, { withFileTypes: true })) {
    const owner = entry.name.startsWith(start) ? entry.name.slice(start.length) : '';
    if (!isProcessName(owner) || !entry.isDirectory()) continue;
    if (owner !== thisProcess() && isRunning(owner)) continue;
    const { root, parked } = temporaryOf(place, owner);
    for (const name of fs.existsSync(parked) && fs.existsSync(place.dist) ? fs.readdirSync(parked) : []) {
      const target = path.join(place.dist, name);
      if (!fs.existsSync(target)) fs.renameSync(path.join(parked, name), target);
    }
    fs.rmSync(root, { recursive: true, force: true });
  }
}

function replace(place: Place, sites: readonly Site[]): void {
  const { dist, parent } = place;
  const { root, fresh, parked, removed } = temporaryOf(place, thisProcess());
  const undo: (() => void)[] = [];
  const move = (from: string, to: string): void => {
    fs.renameSync(from, to);
    undo.push(() => fs.renameSync(to, from));
  };
  // Without a listener this signal, sent where a file passes the limit of its size, ends the process.
  process.on('SIGXFSZ', ignore);
  let clean = true;
  try {
    explaining(dist, parent, () => {
      for (const folder of [root, fresh, parked, removed]) fs.mkdirSync(folder);
    });
    for (const site of sites) render(dist, fresh, site);
    explaining(dist, undefined, () => {
      if (fs.mkdirSync(dist, { recursive: true })) undo.push(() => fs.rmdirSync(dist));
    });
    for (const { name, tree, found } of sites) {
      const target = path.join(dist, name);
      const made = path.join(fresh, name);
      explaining(dist, target, () => {
        if (tree.size === 0) move(target, path.join(removed, name));
        else if (!found.exists) move(made, target);
        else if (exchange(made, target)) undo.push(() => exchangeBack(made, target));
        else {
          move(target, path.join(parked, name));
          move(made, target);
        }
      });
    }
  } catch (error) {
    try {
      for (const step of undo.reverse()) step();
    } catch (second) {
      clean = false;
      throw halfDone(dist, error, second);
    }
    throw error;
  } finally {
    process.off('SIGXFSZ', ignore);
    if (clean) discard(root);
  }
}

const ignore = (): void => {};

function exchangeBack(made: string, target: string): void {
  if (!exchange(made, target)) throw new Error(`${target} cannot be exchanged again`);
}

function halfDone(dist: string, first: unknown, second: unknown): WriteError {
  const [because, then] = [first, second].map((error) =>
    error instanceof Error ? error.message : String(error),
  );
  return new WriteError(
    dist,
    `some folders of ${dist} are new, others old, one may be missing (${because}; then: ${then})`,
    'mend what the system refuses and run again, which puts everything right',
    { cause: second },
  );
}

/** Makes a whole site in the temporary folder. */
function render(dist: string, fresh: string, { name, tree, found }: Site): void {
  if (tree.size === 0) return;
  const target = path.join(dist, name);
  const made = path.join(fresh, name);
  explaining(dist, target, () => {
    fs.mkdirSync(made);
    for (const folder of foldersOf(tree)) fs.mkdirSync(`${made}/${folder}`);
  });
  const same = new Set(found.same);
  for (const [file, text] of tree) {
    explaining(dist, path.join(target, file), () => {
      if (same.has(file)) keep(`${target}/${file}`, `${made}/${file}`);
      else fs.writeFileSync(`${made}/${file}`, fileText(text), { flag: 'wx' });
    });
  }
}

/** Brings an unchanged file along: the file itself, or where it cannot have two names, a copy of the same age. */
function keep(old: string, made: string): void {
  try {
    fs.linkSync(old, made);
  } catch {
    fs.copyFileSync(old, made);
    const { atime, mtime } = fs.statSync(old);
    fs.utimesSync(made, atime, mtime);
  }
}

/** What cannot be removed now, the next run removes. */
function discard(root: string): void {
  try {
    fs.rmSync(root, { recursive: true, force: true });
  } catch {}
}
