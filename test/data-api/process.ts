import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';

/** A program that is stopped with the test; what it says goes to a file. */
export class Program {
  private readonly child: ChildProcess;
  private readonly ended: Promise<void>;
  exit: number | undefined;

  constructor(
    command: string,
    args: readonly string[],
    readonly log: string,
    options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
  ) {
    const out = fs.openSync(log, 'a');
    this.child = spawn(command, [...args], { ...options, stdio: ['ignore', out, out] });
    fs.closeSync(out);
    this.ended = new Promise((resolve) =>
      this.child.once('exit', (code) => {
        this.exit = code ?? -1;
        resolve();
      }),
    );
  }

  said(): string {
    return fs.readFileSync(this.log, 'utf8');
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM', seconds = 30): Promise<void> {
    const timer = setTimeout(() => this.child.kill('SIGKILL'), seconds * 1000);
    if (this.exit === undefined) this.child.kill(signal);
    await this.ended;
    clearTimeout(timer);
  }
}
