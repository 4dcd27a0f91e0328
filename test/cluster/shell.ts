import { type ChildProcess, spawn } from 'node:child_process';

const alive = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of alive) child.kill();
});

/**
 * Runs a program to its end, or to that of this process, and returns what it printed to standard output.
 * @throws Error with its standard error where it fails
 */
export function run(
  program: string,
  args: readonly string[],
  options: {
    readonly input?: string;
    readonly env?: NodeJS.ProcessEnv;
    readonly cwd?: string;
    readonly timeoutMs?: number;
  } = {},
): Promise<string> {
  const { input, env, cwd, timeoutMs = 300_000 } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, cwd, timeout: timeoutMs, stdio: ['pipe', 'pipe', 'pipe'] });
    alive.add(child);
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      alive.delete(child);
      if (code === 0) resolve(output);
      else reject(new Error(`${program} ${args.join(' ')}: ${signal ?? `exit ${code}`}\n${errors.trim()}`));
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
