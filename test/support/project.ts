import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const REPOSITORY = path.resolve(__dirname, '../..');

/** A folder with overlays of its own, over which lakeport runs as a user runs it. */
export class Project {
  readonly root = fs.mkdtempSync(path.join(os.tmpdir(), 'lakeport-test-'));

  constructor() {
    fs.mkdirSync(path.join(this.root, 'overlays'));
  }

  get dist(): string {
    return path.join(this.root, 'dist');
  }

  /** Writes an overlay file; `REPOSITORY` in the text stands for the folder of lakeport. */
  overlay(site: string, text: string): this {
    fs.writeFileSync(path.join(this.root, `overlays/${site}.ts`), text.replaceAll('REPOSITORY', REPOSITORY));
    return this;
  }

  /** Writes an overlay that is the repository's of the same cloud with some changes. */
  extending(site: string, base: string, changes: string): this {
    return this.overlay(
      site,
      `import { extendOverlay } from 'REPOSITORY/core/overlay';
       import base from 'REPOSITORY/overlays/${base}';
       export default extendOverlay(base, ${changes});`,
    );
  }

  /** The command line of a run, for tests that start it themselves. */
  command(...args: readonly string[]): [string, string[]] {
    return [
      'node',
      [path.join(REPOSITORY, 'bin/run.js'), path.join(__dirname, 'cli.ts'), this.root, ...args],
    ];
  }

  run(args: readonly string[], options: { env?: NodeJS.ProcessEnv; cwd?: string } = {}) {
    const { status, stdout, stderr } = spawnSync(...this.command(...args), {
      encoding: 'utf8',
      ...options,
      env: { ...process.env, ...options.env },
    });
    return { status, stdout, stderr };
  }

  /** Every file of dist with its text; empty where there is no dist. */
  files(): Record<string, string> {
    if (!fs.existsSync(this.dist)) return {};
    const files = fs.readdirSync(this.dist, { recursive: true, encoding: 'utf8' }).sort();
    return Object.fromEntries(
      files
        .filter((file) => fs.statSync(path.join(this.dist, file)).isFile())
        .map((file) => [file, fs.readFileSync(path.join(this.dist, file), 'utf8')]),
    );
  }

  remove(): void {
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}
