import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { isRunning, type ProcessName, pidOf, processName } from '../../core/process';
import { endWithProcess, type Mortal } from './lifetime';
import { pause } from './wait';

/** Without cgo the programs run on any Linux and need no C compiler. */
const ENVIRONMENT = { CGO_ENABLED: '0', GOFLAGS: '-trimpath -buildvcs=false -mod=readonly', GOWORK: 'off' };

/** How long go and its compilers may take to end before they are killed. */
const GRACE_MS = 5_000;

export interface GoOptions {
  readonly cwd: string;
  /** File to which everything is added that go says. */
  readonly log: string;
  /** File that names the process while it runs, so that a later run can end what a killed one left. */
  readonly record: string;
  /** Ends it before its time. */
  readonly time?: AbortSignal | undefined;
  /** Gets each line of standard error. */
  readonly onLine?: (line: string) => void;
}

/**
 * Runs go to its end and returns the lines of its standard output.
 * @throws GoFailure with the lines of its standard error; the reason of `time`, where that was first
 */
export async function go(args: readonly string[], options: GoOptions): Promise<string[]> {
  options.time?.throwIfAborted();
  const run = new GoRun(args, options);
  const forget = endWithProcess(run);
  const stop = () => void run.stop();
  options.time?.addEventListener('abort', stop);
  try {
    const code = await run.ended;
    if (code === 0) return run.output;
  } finally {
    forget();
    options.time?.removeEventListener('abort', stop);
  }
  options.time?.throwIfAborted();
  throw new GoFailure(run.errors);
}

/** Go ended with an error. */
export class GoFailure extends Error {
  override readonly name = 'GoFailure';

  constructor(readonly said: readonly string[]) {
    super(said.join('\n'));
  }
}

/** A go command in a process group of its own, which its compilers belong to. */
class GoRun implements Mortal {
  readonly output: string[] = [];
  readonly errors: string[] = [];
  /** Exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>;
  private readonly leader: ProcessName | undefined;

  constructor(args: readonly string[], { cwd, log, record, onLine }: GoOptions) {
    const child = spawn('go', args, {
      cwd,
      env: { ...process.env, ...ENVIRONMENT },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.leader = child.pid ? processName(child.pid) : undefined;
    if (this.leader) fs.writeFileSync(record, this.leader);
    lines(child.stdout, (line) => this.output.push(line));
    lines(child.stderr, (line) => {
      this.errors.push(line);
      append(log, `${line}\n`);
      onLine?.(line);
    });
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject).once('close', resolve);
    });
    const forget = () => fs.rmSync(record, { force: true });
    this.ended.then(forget, forget);
  }

  async stop(): Promise<void> {
    if (this.leader) await endGroup(this.leader);
  }
}

/** Ends a process and all of its group. */
export async function endGroup(leader: ProcessName): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!isRunning(leader)) return;
    try {
      process.kill(-pidOf(leader), signal);
    } catch {
      // It has ended in the meantime.
    }
    const deadline = Date.now() + GRACE_MS;
    while (isRunning(leader) && Date.now() < deadline) await pause(20);
  }
}

function lines(stream: NodeJS.ReadableStream, take: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) if (line) take(line);
  });
  stream.on('end', () => {
    if (rest) take(rest);
  });
}

/** On a full disk there is no log, and go says itself that it is full. */
function append(file: string, text: string): void {
  try {
    fs.appendFileSync(file, text);
  } catch {
    // See above.
  }
}
