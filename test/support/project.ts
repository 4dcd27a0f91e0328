import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { run } from '../../cli/run';
import type { Platform } from '../../core/platform';
import { program } from '../../program';
import { small } from './platform';

// Its own types would need a build of JavaScript files.
const { transpile }: { transpile: (file: string) => string } = require('../../bin/typescript');

const REPOSITORY = path.resolve(__dirname, '../..');

/** What a run came to. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const platforms = { whole: program.platform, small };

/** Runs a file as it is now, however often it was run before; what it imports is what the test itself has. */
function load(file: string): unknown {
  const module = { exports: {} };
  const local = (name: string) =>
    require(name.startsWith('.') ? path.resolve(path.dirname(file), name) : name);
  const code = `${transpile(file)}\n//# sourceURL=${file}`;
  // What it throws shall be an error of the same realm as the test.
  new Function('module', 'exports', 'require', code)(module, module.exports, local);
  return module.exports;
}

/**
 * A folder with overlays of its own, over which lakeport runs as a user runs it. The small platform is enough, and
 * stays small, for a test that looks at no component of lakeport.
 */
export class Project {
  readonly root = fs.mkdtempSync(path.join(os.tmpdir(), 'lakeport-test-'));

  constructor(private readonly platform: keyof typeof platforms = 'whole') {
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

  /** Writes the overlay of a site with some changes: of overlays/onprem.ts, or of the site of the small platform. */
  site(name: string, changes = '{}'): this {
    return this.overlay(
      name,
      this.platform === 'small'
        ? `import { overlay } from 'REPOSITORY/test/support/platform';
           export default overlay(${changes});`
        : `import { extendOverlay } from 'REPOSITORY/core/overlay';
           import base from 'REPOSITORY/overlays/onprem';
           export default extendOverlay(base, ${changes});`,
    );
  }

  /** The command line of a run, for tests that start it themselves. */
  command(...args: readonly string[]): [string, string[]] {
    return [
      'node',
      [
        path.join(REPOSITORY, 'bin/run.js'),
        path.join(__dirname, 'cli.ts'),
        this.root,
        this.platform,
        ...args,
      ],
    ];
  }

  run(args: readonly string[], options: { env?: NodeJS.ProcessEnv; cwd?: string } = {}): Outcome {
    const { status, stdout, stderr } = spawnSync(...this.command(...args), {
      encoding: 'utf8',
      ...options,
      env: { ...process.env, ...options.env },
    });
    return { status, stdout, stderr };
  }

  /** The same in this process, in a tenth of the time, and with any platform. */
  async runHere(args: readonly string[], platform: Platform = platforms[this.platform]): Promise<Outcome> {
    const said = { log: '', error: '' };
    const spies = (['log', 'error'] as const).map((stream) =>
      jest.spyOn(console, stream).mockImplementation((...parts: unknown[]) => {
        said[stream] += `${parts.map(String).join(' ')}\n`;
      }),
    );
    const before = process.exitCode;
    process.exitCode = 0;
    try {
      await run(args, { root: this.root, platform, load });
      return { status: Number(process.exitCode), stdout: said.log, stderr: said.error };
    } finally {
      process.exitCode = before;
      for (const spy of spies) spy.mockRestore();
    }
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
