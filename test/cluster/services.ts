import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { isProcessName, isRunning, type ProcessName, pidOf, processName } from '../../core/process';
import type { RunOptions, Service } from './cluster';
import { pause } from './wait';

/** How long a program may take to end before it is killed. */
const GRACE_MS = 10_000;

/**
 * Programs that belong to one folder: what they print goes to `logs/<name>.log`, and `pids/<name>` names the process,
 * so that a later run can end what a killed one left.
 */
export class Services {
  private readonly running: Running[] = [];
  private isOver = false;

  constructor(readonly folder: string) {
    for (const name of ['logs', 'pids']) fs.mkdirSync(path.join(folder, name), { recursive: true });
  }

  /**
   * Starts a program; a name that runs already must have been stopped before.
   * @throws Error where all were stopped: what was broken off may go on to ask for more
   */
  run(name: string, program: string, args: readonly string[], { env, cwd }: RunOptions = {}): Service {
    if (this.isOver) throw new Error(`${name} is not started, since all was ended`);
    const log = path.join(this.folder, 'logs', `${name}.log`);
    const out = fs.openSync(log, 'a');
    const { PATH = '', HOME = '' } = process.env;
    const child = spawn(program, args, {
      cwd: cwd ?? this.folder,
      env: env ? { PATH, HOME, ...env } : process.env,
      stdio: ['ignore', out, out],
      // A group of its own: Ctrl-C in the terminal reaches this process only, which then ends the rest in order.
      detached: true,
    });
    fs.closeSync(out);
    const service = new Running(name, child, log, path.join(this.folder, 'pids', name));
    this.running.push(service);
    void service.ended.then(() => this.running.splice(this.running.indexOf(service), 1));
    return service;
  }

  /** @throws Error where no program of the name runs */
  find(name: string): Service {
    const found = this.running.find((service) => service.name === name);
    if (!found) throw new Error(`${name} does not run`);
    return found;
  }

  /**
   * Never returns; fails where one of the programs ends, with what it printed last. Nothing is said of programs that
   * run on.
   */
  failureOf(names: readonly string[]): Promise<never> {
    const watched = this.running.filter(({ name }) => names.includes(name));
    return new Promise((_, reject) => {
      for (const { name, ended, log } of watched) {
        void ended.then(({ code, signal }) => {
          const end = fs.readFileSync(log, 'utf8').trim().split('\n').slice(-5).join('\n');
          reject(new Error(`${name} ended (${signal ?? `exit ${code}`}), having printed last:\n${end}`));
        });
      }
    });
  }

  /** Ends every program, the last one first. */
  async stop(): Promise<void> {
    this.isOver = true;
    for (const service of [...this.running].reverse()) await service.stop();
  }
}

class Running implements Service {
  readonly pid: number;
  readonly ended: Service['ended'];
  private failure: Error | undefined;

  constructor(
    readonly name: string,
    private readonly child: ChildProcess,
    readonly log: string,
    record: string,
  ) {
    this.pid = child.pid ?? 0;
    if (this.pid) fs.writeFileSync(record, processName(this.pid));
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => {
        this.failure = error;
        fs.appendFileSync(log, `${error.message}\n`);
        resolve({ code: null, signal: null });
      });
      child.once('exit', (code, signal) => {
        fs.rmSync(record, { force: true });
        resolve({ code, signal });
      });
    });
    // A cluster that is left up must not keep the command that made it from ending.
    child.unref();
  }

  async stop(): Promise<void> {
    if (this.isOver()) return;
    this.child.ref();
    this.child.kill('SIGTERM');
    const late = setTimeout(() => this.child.kill('SIGKILL'), GRACE_MS);
    await this.ended;
    clearTimeout(late);
  }

  async kill(): Promise<void> {
    if (this.isOver()) return;
    this.child.ref();
    this.child.kill('SIGKILL');
    await this.ended;
  }

  private isOver(): boolean {
    return this.failure !== undefined || this.child.exitCode !== null || this.child.signalCode !== null;
  }
}

/** Ends the programs that a folder records, whoever started them, by the ids of their processes. */
export async function endRecorded(folder: string): Promise<void> {
  const recorded = processesOf(folder);
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const alive = recorded.filter(isRunning);
    for (const name of alive) send(pidOf(name), signal);
    const deadline = Date.now() + GRACE_MS;
    while (recorded.some(isRunning) && Date.now() < deadline) await pause(50);
  }
}

/** Names of the processes that a folder records. */
export function processesOf(folder: string): ProcessName[] {
  const pids = path.join(folder, 'pids');
  if (!fs.existsSync(pids)) return [];
  return fs
    .readdirSync(pids)
    .map((file) => fs.readFileSync(path.join(pids, file), 'utf8').trim())
    .filter(isProcessName);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended in the meantime.
  }
}
