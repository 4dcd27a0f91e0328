import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isOlder, reasonOf } from './build';
import { cacheFolder } from './cache';
import { minorOf, tools } from './tool';

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
  ask(program: string, env: NodeJS.ProcessEnv = {}) {
    const { status, stdout, stderr } = spawnSync('node', [RUN, CHILD, program], {
      encoding: 'utf8',
      env: { PATH: this.bin, HOME: this.root, XDG_CACHE_HOME: path.join(this.root, 'cache'), ...env },
    });
    return { status, stdout: stdout.trim(), stderr };
  }

  get built(): string[] {
    const folder = path.join(this.root, 'cache/lakeport/tools');
    return fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  }

  remove(): void {
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}

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
  ['a full disk', 'write /tmp/x: no space left on device', /the disk is full/],
  ['any other fault', 'main.go:3: undefined: x', /go build failed:\nmain\.go:3/],
])('%s is told, and nothing half-built is left', (_, error, message) => {
  const { status, stderr } = machine.program('go', `${GO_ENV}echo '${error}' >&2; exit 1`).ask('etcd');
  expect(status).toBe(1);
  expect(stderr).toMatch(message);
  expect(machine.built).toEqual([]);
});

test('a build is made once, and what a killed one left is removed', () => {
  // `go build … -o <folder>/ ./...`
  const script = `${GO_ENV}for last; do case "$previous" in -o) out=$last;; esac; previous=$last; done
echo '#!/bin/sh' > "$out/etcd"`;
  const folder = path.join(machine.root, 'cache/lakeport/tools');
  fs.mkdirSync(path.join(folder, 'etcd-1-2.partial-4194300-7'), { recursive: true });
  const first = machine.program('go', script).ask('etcd');
  expect(first.stderr).toMatch(/building etcd/);
  expect(first.status).toBe(0);
  expect(fs.existsSync(first.stdout)).toBe(true);
  expect(machine.built).toHaveLength(1);
  fs.rmSync(path.join(machine.bin, 'go'));
  const second = machine.ask('etcd');
  expect(second).toEqual({ status: 0, stdout: first.stdout, stderr: '' });
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

test('the reason of a failure is what go said last', () => {
  expect(reasonOf('line\n'.repeat(50)).message.split('\n').length).toBeLessThan(12);
});

test('every tool is named by one folder only, and its programs too', () => {
  const programs = tools().flatMap((tool) => Object.keys(tool.programs));
  expect(new Set(programs).size).toBe(programs.length);
});

test('the cache is outside the tree', () => {
  expect(path.relative(path.resolve(__dirname, '../..'), cacheFolder())).toMatch(/^\.\./);
});
