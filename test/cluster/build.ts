import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { InputError } from '../../core/problem';
import { isProcessName, isRunning, thisProcess } from '../../core/process';
import type { Say } from './binaries';
import type { Tool } from './tool';

/** How often a build tells where it is. */
const REPORT_MS = 15_000;

/** Between a folder's name and the process that fills it. */
const PARTIAL = '.partial-';

/** Without cgo the programs run on any Linux and need no C compiler. */
const ENVIRONMENT = { CGO_ENABLED: '0', GOFLAGS: '-trimpath -buildvcs=false -mod=readonly', GOWORK: 'off' };

/**
 * Builds the programs of a tool into a folder, which appears all at once or not at all.
 * @throws InputError without Go, with too old a Go, without network or disk space
 */
export async function build(tool: Tool, folder: string, say: Say): Promise<void> {
  requireGo(tool);
  fs.mkdirSync(path.dirname(folder), { recursive: true });
  dropHalfBuilt(path.dirname(folder));
  const partial = `${folder}${PARTIAL}${thisProcess()}`;
  fs.mkdirSync(partial);
  try {
    await compile(tool, partial, say);
    const missing = Object.keys(tool.programs).filter((name) => !fs.existsSync(path.join(partial, name)));
    if (missing.length > 0) throw new Error(`the build of ${tool.name} gave no ${missing.join(', ')}`);
    publish(partial, folder);
  } finally {
    fs.rmSync(partial, { recursive: true, force: true });
  }
}

async function compile(tool: Tool, out: string, say: Say): Promise<void> {
  const started = Date.now();
  say(`building ${tool.name} ${tool.version}: once, then it is kept`);
  const total = await packages(tool);
  const compiled = new Set<string>();
  const clock = setInterval(() => {
    say(`  ${tool.name}: ${compiled.size} of at most ${total} packages, ${seconds(started)} s`);
  }, REPORT_MS);
  try {
    const flags = ['-v', `-ldflags=${linkerFlags(tool)}`, `-tags=${tool.tags.join(',')}`];
    for (const [target, name] of targets(tool)) {
      await go(tool, ['build', ...flags, '-o', `${out}/${name}`, target], (line) => compiled.add(line));
    }
  } finally {
    clearInterval(clock);
  }
  say(`built ${tool.name} ${tool.version} in ${seconds(started)} s`);
}

const seconds = (since: number): string => ((Date.now() - since) / 1000).toFixed(0);

/** What `go build` takes, and the program that it gives: all of the tool's folder, or packages of its modules. */
function targets(tool: Tool): (readonly [target: string, program: string])[] {
  const named = Object.entries(tool.packages).map(([program, target]) => [target, program] as const);
  return named.length > 0 ? named : [['./...', '']];
}

async function packages(tool: Tool): Promise<number> {
  const paths = targets(tool).map(([target]) => target);
  const output = await go(tool, ['list', '-deps', `-tags=${tool.tags.join(',')}`, ...paths]);
  return output.split('\n').filter(Boolean).length;
}

function linkerFlags({ version, stamp }: Tool): string {
  const [major = '', minor = ''] = version.split('.');
  const fill = (text: string) =>
    text.replaceAll('{version}', version).replaceAll('{major}', major).replaceAll('{minor}', minor);
  return ['-s', '-w', ...Object.entries(stamp).map(([name, value]) => `-X=${name}=${fill(value)}`)].join(' ');
}

/** Runs go in the folder of a tool and returns what it printed. */
async function go(tool: Tool, args: readonly string[], onLine?: (line: string) => void): Promise<string> {
  const child = spawn('go', args, {
    cwd: tool.folder,
    env: { ...process.env, ...ENVIRONMENT },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-20_000);
    for (const line of text.split('\n')) if (line) onLine?.(line);
  });
  const stop = () => child.kill();
  process.once('exit', stop);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject).once('close', resolve);
    });
    if (code === 0) return output;
  } finally {
    process.off('exit', stop);
  }
  throw new InputError([{ field: `${tool.name} ${tool.version}`, ...reasonOf(errors) }]);
}

/** Why a build failed, by what go said. */
export function reasonOf(errors: string): { message: string; remedy: string } {
  const last = errors.trim().split('\n').slice(-8).join('\n');
  if (/no space left on device/i.test(errors)) {
    return {
      message: 'the disk is full, so it was not built',
      remedy: 'free 10 GB, or point XDG_CACHE_HOME, GOCACHE and GOMODCACHE to a disk that has them',
    };
  }
  if (
    /dial tcp|no such host|connection refused|i\/o timeout|TLS handshake|module lookup disabled/i.test(errors)
  ) {
    return {
      message: `modules could not be downloaded:\n${last}`,
      remedy: 'connect to the network, or set GOPROXY to a proxy that can be reached; what is built is kept',
    };
  }
  return {
    message: `go build failed:\n${last}`,
    remedy: 'mend what it names; packages built so far are kept',
  };
}

function requireGo(tool: Tool): void {
  const { status, stdout } = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8', cwd: '/' });
  const field = `${tool.name} ${tool.version}`;
  const remedy = `install Go ${tool.go} or newer (https://go.dev/dl), or put ${Object.keys(tool.programs).join(', ')} of this version on PATH`;
  if (status !== 0) {
    throw new InputError([{ field, message: 'Go is not installed, so it cannot be built', remedy }]);
  }
  const version = stdout.trim().replace(/^go/, '');
  if (isOlder(version, tool.go)) {
    throw new InputError([{ field, found: version, message: 'Go is too old to build it', remedy }]);
  }
}

/** Whether a dotted version is lower than another. */
export function isOlder(version: string, than: string): boolean {
  const parts = (text: string) => (text.match(/\d+/g) ?? []).map(Number);
  const [a, b] = [parts(version), parts(than)];
  const differing = b.findIndex((part, at) => part !== (a[at] ?? 0));
  return differing >= 0 && (a[differing] ?? 0) < (b[differing] ?? 0);
}

/** Removes what runs left that were killed while they built. */
function dropHalfBuilt(folder: string): void {
  for (const name of fs.readdirSync(folder)) {
    const [, owner] = name.split(PARTIAL);
    if (owner && isProcessName(owner) && !isRunning(owner))
      fs.rmSync(path.join(folder, name), { recursive: true });
  }
}

/** Another run may have built the same in the meantime; then its build stays. */
function publish(partial: string, folder: string): void {
  try {
    fs.renameSync(partial, folder);
  } catch (error) {
    if (!fs.existsSync(folder)) throw error;
  }
}
