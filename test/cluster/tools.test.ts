import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isRunning, processName } from '../../core/process';
import { isOlder } from './build';
import { reasonOf } from './build-reason';
import { cacheFolder } from './cache';
import { minorOf, tools } from './tool';
import { pause } from './wait';

const RUN = path.resolve(__dirname, '../../bin/run.js');
const CHILD = path.join(__dirname, 'child/binary.ts');

/** A machine of its own: what is on PATH, and an empty cache. */
class Machine {
  readonly root = fs.mkdtempSync(path.join(os.tmpdir(), 'lakeport-tools-'));
  readonly bin = path.join(this.root, 'bin');

  constructor() {
    fs.mkdirSync(this.bin);
    fs.symlinkSync(process.execPath, path.join(this.bin, 'node'));
    fs.symlinkSync('/bin/sh', path.join(this.bin, 'sh'));
  }

  program(name: string, script: string): this {
    fs.writeFileSync(path.join(this.bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return this;
  }

  /** Asks for a program as npm run prove does. */
  ask(program: string, env: NodeJS.ProcessEnv = {}, ...minutes: string[]) {
    const { status, stdout, stderr } = spawnSync('node', [RUN, CHILD, program, ...minutes], {
      encoding: 'utf8',
      env: { ...this.env, ...env },
    });
    return { status, stdout: stdout.trim(), stderr };
  }

  /** Asks, and goes on to run. */
  start(program: string): ChildProcess {
    return spawn('node', [RUN, CHILD, program], { env: this.env, stdio: 'ignore' });
  }

  get env(): NodeJS.ProcessEnv {
    return { PATH: this.bin, HOME: this.root, XDG_CACHE_HOME: path.join(this.root, 'cache') };
  }

  readonly tools = path.join(this.root, 'cache/lakeport/tools');

  get built(): string[] {
    return fs.existsSync(this.tools) ? fs.readdirSync(this.tools) : [];
  }

  /** Processes that a build wrote down. */
  get pids(): number[] {
    const file = path.join(this.root, 'pids');
    return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim().split('\n').map(Number) : [];
  }

  /** Waits until a build has written down two processes. */
  async building(): Promise<void> {
    for (let waited = 0; waited < 60_000 && this.pids.length < 2; waited += 50) await pause(50);
  }

  remove(): void {
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}

const runs = (pid: number): boolean => isRunning(processName(pid));

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

const GO_ENV = 'if [ "$1" = env ]; then echo go1.99.0; exit 0; fi\nif [ "$1" = list ]; then exit 0; fi\n';

test('without Go it tells what to install', () => {
  const { status, stderr } = machine.ask('etcd');
  expect(status).toBe(1);
  expect(stderr).toMatch(/etcd .*: Go is not installed/);
  expect(stderr).toMatch(/remedy: install Go 1\.\d+/);
});

test('an old Go is told with its version', () => {
  const { status, stderr } = machine.program('go', 'echo go1.20.1').ask('etcd');
  expect(status).toBe(1);
  expect(stderr).toContain('found:  "1.20.1"');
  expect(stderr).toContain('Go is too old');
});

test.each([
  ['no network', 'dial tcp: lookup proxy.golang.org: no such host', /modules could not be downloaded/],
  [
    'a proxy without a module',
    'reading https://proxy.golang.org/x: 404 Not Found',
    /could not be downloaded/,
  ],
  ['a full disk', 'write /tmp/x: no space left on device', /the disk is full/],
  ['want of memory', 'go build x: compile: signal: killed', /a compiler was killed/],
  ['any other fault', 'main.go:3: undefined: x', /go build failed:\n {4}main\.go:3/],
])('%s is told, and nothing half-built is left', (_, error, message) => {
  const { status, stderr } = machine.program('go', `${GO_ENV}echo '${error}' >&2; exit 1`).ask('etcd');
  expect(status).toBe(1);
  expect(stderr).toMatch(message);
  expect(machine.built).toEqual([]);
});

test('what the compiler says is shown without what go says of its progress, and the log has both', () => {
  const script = `case "$1" in
env) echo go1.99.0;;
list) echo a/good; echo a/bad;;
build) for line in 'go: downloading a v1' a/good a/bad '# a/bad' './bad.go:3:2: undefined: x'; do echo "$line" >&2; done
  exit 1;;
esac`;
  const { stderr } = machine.program('go', script).ask('etcd');
  const [, shown = '', log = ''] = /go build failed:\n(.*)\n {4}everything is in (\S+)/s.exec(stderr) ?? [];
  expect(shown).toBe('    # a/bad\n    ./bad.go:3:2: undefined: x');
  expect(fs.readFileSync(log, 'utf8')).toBe(
    'go: downloading a v1\na/good\na/bad\n# a/bad\n./bad.go:3:2: undefined: x\n',
  );
});

/** `go build … -o <folder>/ ./...` */
const GO_BUILDS = `${GO_ENV}for last; do case "$previous" in -o) out=$last;; esac; previous=$last; done
echo '#!/bin/sh' > "$out/etcd"`;

test('a build is made once, and what a killed one left is removed', () => {
  fs.mkdirSync(path.join(machine.tools, 'etcd-1-2.partial-4194300-7'), { recursive: true });
  const first = machine.program('go', GO_BUILDS).ask('etcd');
  expect(first.stderr).toMatch(/building etcd/);
  expect(first.status).toBe(0);
  expect(fs.existsSync(first.stdout)).toBe(true);
  expect(machine.built).toHaveLength(1);
  expect(fs.readdirSync(path.dirname(first.stdout))).toEqual(['etcd']);
  fs.rmSync(path.join(machine.bin, 'go'));
  const second = machine.ask('etcd');
  expect(second).toEqual({ status: 0, stdout: first.stdout, stderr: '' });
});

test.each([
  ['is gone', (file: string) => fs.rmSync(file)],
  ['is empty', (file: string) => fs.truncateSync(file)],
])('a cache whose program %s is built anew', (_, spoil) => {
  const { stdout } = machine.program('go', GO_BUILDS).ask('etcd');
  spoil(stdout);
  const again = machine.ask('etcd');
  expect(again.stderr).toMatch(/building etcd/);
  expect(fs.statSync(again.stdout).size).toBeGreaterThan(0);
});

/** A go whose build starts a compiler in its background that does not end; both write their process ids. */
const GO_HANGS = `${GO_ENV}echo $$ >> "$HOME/pids"
/bin/sleep 300 & echo $! >> "$HOME/pids"; wait`;

test('a build that does not end in its time is ended with its compilers, and told', () => {
  const { status, stderr } = machine.program('go', GO_HANGS).ask('etcd', {}, '0.05');
  expect(status).toBe(1);
  expect(stderr).toMatch(/the 0\.05 minutes of --minutes were over before it was built/);
  expect(machine.pids).toHaveLength(2);
  expect(machine.pids.filter(runs)).toEqual([]);
  expect(machine.built).toEqual([]);
});

test('a run that is told to end ends its build, and leaves nothing half-built', async () => {
  const child = machine.program('go', GO_HANGS).start('etcd');
  await machine.building();
  child.kill('SIGTERM');
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(
    128 + os.constants.signals.SIGTERM,
  );
  expect(machine.pids.filter(runs)).toEqual([]);
  expect(machine.built).toEqual([]);
});

test('what a killed run goes on to build is ended by the next build', async () => {
  const child = machine.program('go', GO_HANGS).start('etcd');
  await machine.building();
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  expect(machine.pids.filter(runs)).toHaveLength(2);
  expect(machine.program('go', GO_BUILDS).ask('etcd').status).toBe(0);
  expect(machine.pids.filter(runs)).toEqual([]);
  expect(machine.built).toHaveLength(1);
});

test('a cache that may not be written is told', () => {
  fs.writeFileSync(path.join(machine.root, 'cache'), 'a file where the folder is to be');
  const { status, stderr } = machine.program('go', GO_BUILDS).ask('etcd');
  expect(status).toBe(1);
  expect(stderr).toMatch(/lakeport: it is no folder/);
});

test('a program on PATH is taken where its minor version fits', () => {
  const { version } = tools().find(({ name }) => name === 'etcd') ?? { version: '' };
  const fitting = machine.program('etcd', `echo 'etcd Version: ${minorOf(version)}.99'`).ask('etcd');
  expect(fitting.stdout).toBe(path.join(machine.bin, 'etcd'));
  const other = machine.program('etcd', "echo 'etcd Version: 2.3.4'").ask('etcd');
  expect(other.stderr).toMatch(/Go is not installed/);
});

test('KUBEBUILDER_ASSETS comes before PATH', () => {
  const { version } = tools().find(({ name }) => name === 'etcd') ?? { version: '' };
  machine.program('etcd', `echo ${version}`);
  const assets = path.join(machine.root, 'assets');
  fs.cpSync(machine.bin, assets, { recursive: true });
  expect(machine.ask('etcd', { KUBEBUILDER_ASSETS: assets }).stdout).toBe(path.join(assets, 'etcd'));
});

test('versions compare by number', () => {
  expect(isOlder('1.9.1', '1.26.0')).toBe(true);
  expect(isOlder('1.26.8', '1.26.0')).toBe(false);
  expect(isOlder('1.26', '1.26.0')).toBe(false);
  expect(isOlder('2.0', '1.26.0')).toBe(false);
});

test('what is shown of a failure is bounded', () => {
  const { message } = reasonOf(
    Array.from({ length: 100 }, () => 'x'.repeat(1000)),
    new Set(),
    '/log',
  );
  expect(message.length).toBeLessThan(8_000);
  expect(message).toMatch(/and 76 more lines; everything is in \/log$/);
});

test('every tool is named by one folder only, and its programs too', () => {
  const programs = tools().flatMap((tool) => Object.keys(tool.programs));
  expect(new Set(programs).size).toBe(programs.length);
});

test('the cache is outside the tree', () => {
  expect(path.relative(path.resolve(__dirname, '../..'), cacheFolder())).toMatch(/^\.\./);
});
