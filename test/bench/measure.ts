import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

/** Milliseconds of a function, median of some runs after one that does not count. */
export function timed(work: () => void, runs = 7): number {
  work();
  return median(
    Array.from({ length: runs }, () => {
      const start = performance.now();
      work();
      return performance.now() - start;
    }),
  );
}

/** A process from outside: milliseconds of wall time. */
export function processTime(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(command, args, { env, encoding: 'utf8', maxBuffer: 1 << 30 });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stderr}`);
  return performance.now() - start;
}

/** Runs both in turn, A B A B …, so that a drift of the machine meets both; the ratio is the median of the pairs. */
export function paired(a: () => number, b: () => number, runs = 9): { a: number; b: number; ratio: number } {
  a();
  b();
  const pairs = Array.from({ length: runs }, () => ({ a: a(), b: b() }));
  return {
    a: median(pairs.map((pair) => pair.a)),
    b: median(pairs.map((pair) => pair.b)),
    ratio: median(pairs.map((pair) => pair.a / pair.b)),
  };
}

/** Runs `work` with a temporary folder that is gone afterwards. */
export function inFolder<T>(work: (folder: string) => T): T {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lakeport-bench-'));
  try {
    return work(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
