import fs from 'node:fs';
import path from 'node:path';
import { types } from 'node:util';
import { placeOf } from './dist';
import { isProcessName, isRunning, type ProcessName, pidOf, thisProcess } from './process';
import { explaining, isSystemError } from './write-error';

/** Another run writes to the same output folder. */
export class LockError extends Error {
  override readonly name = 'LockError';
  readonly what: string;
  readonly remedy: string;

  constructor(
    dist: string,
    /** The lock file. */
    readonly path: string,
    /** The process that holds it. */
    readonly pid: number,
  ) {
    const what = `process ${pid} writes ${dist} at this moment`;
    const remedy = `wait until it has ended, or end it; if ${pid} is not lakeport, delete ${path}`;
    super(`${what}: remedy: ${remedy}`);
    this.what = what;
    this.remedy = remedy;
  }
}

/**
 * Does something while no other run writes to the same output folder. The lock is a file beside it, `.dist.lock` for
 * dist, which names the process. It goes when the work ends, throws or is ended by SIGINT, SIGTERM or SIGHUP; work
 * that never waits is not interrupted by them. What a killed process leaves is taken over. Runs see each other on one
 * machine and in one PID namespace only.
 * @throws LockError at once, where another run or another call of this one holds the lock
 * @throws WriteError where the lock file cannot be made
 */
export function withLock<T>(dist: string, work: () => Promise<T>): Promise<T>;
export function withLock<T>(dist: string, work: () => T): T;
export function withLock<T>(dist: string, work: () => T | Promise<T>): T | Promise<T> {
  const release = acquireLock(dist);
  let result: T | Promise<T>;
  try {
    result = work();
  } catch (error) {
    release();
    throw error;
  }
  if (types.isPromise(result)) return result.finally(release);
  release();
  return result;
}

/** Whether this process holds the lock of an output folder. */
export const holdsLock = (dist: string): boolean => held.has(lockOf(dist));

/**
 * As {@link withLock}; returns what releases the lock.
 * @throws LockError, WriteError
 */
export function acquireLock(dist: string): () => void {
  explaining(dist, undefined, () => fs.mkdirSync(path.dirname(path.resolve(dist)), { recursive: true }));
  const lock = lockOf(dist);
  if (held.has(lock)) throw new LockError(dist, lock, process.pid);
  explaining(dist, path.dirname(lock), () => {
    take(dist, lock, lock);
    sweep(lock);
  });
  held.add(lock);
  listen();
  return () => release(lock);
}

function lockOf(dist: string): string {
  const { parent, prefix } = placeOf(dist);
  return path.join(parent, `${prefix}lock`);
}

/**
 * Makes this process the owner of a lock file. Only one process may replace what a dead owner left: the owner of
 * that owner's `.next` file, which is a lock file like any other. Since an owner that is dead never comes back, what
 * was seen in the lock file before is still there, or the matter is settled and the round starts again.
 */
function take(dist: string, lock: string, file: string): void {
  while (!create(lock, file)) {
    const owner = ownerOf(file);
    if (owner === undefined) continue;
    if (isRunning(owner)) throw new LockError(dist, lock, pidOf(owner));
    const next = `${lock}.${owner}.next`;
    take(dist, lock, next);
    try {
      if (ownerOf(file) === owner && !isRunning(owner)) {
        fs.renameSync(draft(lock), file);
        return;
      }
    } finally {
      fs.rmSync(next, { force: true });
    }
  }
}

/** Creates a lock file with its text in one step, so that nobody ever reads an empty one; false where there is one. */
function create(lock: string, file: string): boolean {
  const text = draft(lock);
  try {
    fs.linkSync(text, file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
  } finally {
    fs.rmSync(text, { force: true });
  }
  // A file system without hard links: here a process that is killed between two calls leaves an empty file.
  try {
    fs.writeFileSync(file, `${thisProcess()}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Writes this process's name to a file of its own, to be linked or renamed into place. */
function draft(lock: string): string {
  const file = `${lock}.${thisProcess()}.new`;
  // Never written in place: it may be a second name of a lock file.
  fs.rmSync(file, { force: true });
  fs.writeFileSync(file, `${thisProcess()}\n`);
  return file;
}

/** No process has this name; it stands for what cannot be read. */
const NOBODY: ProcessName = '0-0';

function ownerOf(file: string): ProcessName | undefined {
  try {
    const text = fs.readFileSync(file, 'utf8').trim();
    return isProcessName(text) ? text : NOBODY;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Removes what processes left that were killed while they took a lock; only its owner may. */
function sweep(lock: string): void {
  const prefix = `${path.basename(lock)}.`;
  for (const name of fs.readdirSync(path.dirname(lock))) {
    if (!name.startsWith(prefix)) continue;
    const file = path.join(path.dirname(lock), name);
    const [of, kind] = name.slice(prefix.length).split('.');
    const owner = kind === 'new' && of ? of : kind === 'next' ? ownerOf(file) : undefined;
    if (owner !== undefined && isProcessName(owner) && !isRunning(owner)) fs.rmSync(file, { force: true });
  }
}

const codeOf = (error: unknown): string | undefined => (isSystemError(error) ? error.code : undefined);

const held = new Set<string>();

function release(lock: string): void {
  if (!held.delete(lock)) return;
  try {
    // Someone may have deleted the file by hand, and another run may have made it anew.
    if (ownerOf(lock) === thisProcess()) fs.rmSync(lock, { force: true });
  } catch {
    // The next run finds this process dead.
  }
  // A signal that came during the work is delivered only now, and is still to end the process.
  setImmediate(() => {
    if (held.size === 0) unlisten();
  });
}

const releaseAll = (): void => {
  for (const lock of held) release(lock);
};

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function onSignal(signal: NodeJS.Signals): void {
  // Whoever else listens decides whether the process ends; then its `exit` releases.
  if (process.listenerCount(signal) > 1) return;
  releaseAll();
  unlisten();
  process.kill(process.pid, signal);
}

function listen(): void {
  unlisten();
  process.on('exit', releaseAll);
  for (const signal of SIGNALS) process.on(signal, onSignal);
}

function unlisten(): void {
  process.off('exit', releaseAll);
  for (const signal of SIGNALS) process.off(signal, onSignal);
}
