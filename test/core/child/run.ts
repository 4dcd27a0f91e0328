import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const runner = path.join(__dirname, '../../../bin/run.js');

/** Node.js arguments that run a file of this folder. */
export const nodeArguments = (file: string, ...rest: readonly string[]): string[] => [
  runner,
  path.join(__dirname, file),
  ...rest,
];

/** Starts a file of this folder; what it complains about appears among the test's own output. */
export const start = (file: string, ...rest: readonly string[]): ChildProcess =>
  spawn(process.execPath, nodeArguments(file, ...rest), { stdio: ['ignore', 'pipe', 'inherit'] });

/** Waits for the first output of a process. */
export async function firstOutput({ stdout }: ChildProcess): Promise<string> {
  if (!stdout) throw new Error('the process was started without a pipe');
  const [chunk] = await once(stdout, 'data');
  return String(chunk);
}

/** Waits for the end of a process; gives what ended it, and all that it said from now on. */
export async function end(
  child: ChildProcess,
): Promise<{ code: number | null; signal: string | null; output: string }> {
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  const [code, signal] = await once(child, 'close');
  return { code, signal, output };
}
