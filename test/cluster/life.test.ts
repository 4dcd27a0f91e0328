import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { isRunning, type ProcessName } from '../../core/process';
import { cacheFolder } from './cache';
import { startControlPlane } from './control-plane';
import { freePorts } from './ports';
import { processesOf } from './services';

// Needs the programs of a control plane, so `npm test` leaves it out: npm run test:cluster.
jest.setTimeout(240_000);

type Ports = typeof import('./ports');
jest.mock('./ports', () => ({ freePorts: jest.fn(jest.requireActual<Ports>('./ports').freePorts) }));
const realPorts = jest.requireActual<Ports>('./ports');

const ROOT = path.resolve(__dirname, '../..');

/** A cache of its own that shares what is built: clusters of other runs on this machine are left alone. */
class Machine {
  readonly root = fs.mkdtempSync(path.join(os.tmpdir(), 'lakeport-life-'));
  readonly clusters = path.join(this.root, 'lakeport/clusters');

  constructor() {
    fs.mkdirSync(path.join(this.root, 'lakeport'));
    for (const name of ['tools', 'stores', 'crds']) {
      fs.mkdirSync(path.join(cacheFolder(), name), { recursive: true });
      fs.symlinkSync(path.join(cacheFolder(), name), path.join(this.root, 'lakeport', name));
    }
  }

  get env(): NodeJS.ProcessEnv {
    return { ...process.env, XDG_CACHE_HOME: this.root };
  }

  cluster(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const command = ['bin/run.js', 'test/cluster/main.ts', ...args];
    return spawnSync('node', command, { cwd: ROOT, encoding: 'utf8', env: { ...this.env, ...env } });
  }

  prove(args: readonly string[]): ChildProcess {
    const command = ['bin/run.js', 'test/cluster/prove.ts', '--no-write', ...args];
    return spawn('node', command, { cwd: ROOT, env: this.env, stdio: 'ignore' });
  }

  /** Processes of every cluster. */
  get processes(): ProcessName[] {
    if (!fs.existsSync(this.clusters)) return [];
    return fs.readdirSync(this.clusters).flatMap((name) => processesOf(path.join(this.clusters, name)));
  }

  /** Waits until the five programs of a control plane run, or the first of them, and returns those that do. */
  async started(least = 5): Promise<ProcessName[]> {
    for (let waited = 0; waited < 120_000; waited += 200) {
      if (this.processes.length >= least) return this.processes;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error(`only ${this.processes.length} programs started`);
  }

  remove(): void {
    this.cluster(['down']);
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}

const exit = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

test('up, status, kubectl, down; a kubeconfig that points elsewhere is not looked at', () => {
  const elsewhere = path.join(machine.root, 'elsewhere');
  fs.writeFileSync(
    elsewhere,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
      contexts: [{ name: 'c', context: { cluster: 'c' } }],
      'current-context': 'c',
    }),
  );
  const env = { KUBECONFIG: elsewhere };
  const started = Date.now();
  const up = machine.cluster(['up'], env);
  expect(up.stderr).toBe('');
  expect(up.status).toBe(0);
  expect(Date.now() - started).toBeLessThan(30_000);
  const kubeconfig = /export KUBECONFIG=(.*)/.exec(up.stdout)?.[1] ?? '';
  expect(fs.statSync(kubeconfig).mode & 0o077).toBe(0);
  expect(machine.cluster(['kubectl', 'get', 'namespaces', '-o', 'name'], env).stdout).toContain(
    'namespace/default',
  );
  const other = machine.cluster(['kubectl', '--server=https://127.0.0.1:1', 'get', 'pods'], env);
  expect(other.status).toBe(1);
  expect(other.stderr).toContain('this would leave the cluster that was started here');
  expect(machine.cluster(['status'], env).status).toBe(0);
  const again = machine.cluster(['up'], env);
  expect(again.status).toBe(1);
  expect(again.stderr).toContain('this cluster is up already');
  const processes = machine.processes;
  expect(processes.filter(isRunning)).toHaveLength(5);
  expect(machine.cluster(['down'], env).stdout).toContain('the cluster is down');
  expect(processes.filter(isRunning)).toEqual([]);
  expect(fs.readdirSync(machine.clusters)).toEqual([]);
  const gone = machine.cluster(['kubectl', 'get', 'pods'], env);
  expect(gone.stderr).toContain('no cluster is up');
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends everything, by process id', async (signal) => {
  const child = machine.prove(['onprem']);
  const processes = await machine.started();
  child.kill(signal);
  expect(await exit(child)).toBe(128 + os.constants.signals[signal]);
  expect(processes.filter(isRunning)).toEqual([]);
  expect(fs.readdirSync(machine.clusters)).toEqual([]);
});

test('a run whose time is over breaks off, names what it leaves out, ends everything and is no failure', async () => {
  const command = [
    'bin/run.js',
    'test/cluster/prove.ts',
    '--no-write',
    'onprem',
    '--only',
    'accepted,placed',
  ];
  const child = spawn('node', [...command, '--minutes', '0.2'], {
    cwd: ROOT,
    env: machine.env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const ended = exit(child);
  const processes = await machine.started(1);
  expect({ code: await ended, output }).toMatchObject({ code: 0 });
  expect(output).toMatch(/LEFT OUT .*placed \(onprem\):\n {2}the 0\.2 minutes of --minutes were over/);
  expect(processes.filter(isRunning)).toEqual([]);
  expect(fs.readdirSync(machine.clusters)).toEqual([]);
});

test('a port that another program takes in the meantime is told, and others are tried', async () => {
  const other = net.createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as net.AddressInfo;
  jest.mocked(freePorts).mockImplementationOnce(async (count) => {
    const free = await realPorts.freePorts(count);
    // The first is the API server's, the second that of etcd.
    return free.with(1, port);
  });
  const said: string[] = [];
  const cache = process.env.XDG_CACHE_HOME;
  process.env.XDG_CACHE_HOME = machine.root;
  try {
    const cluster = await startControlPlane({ say: (line) => said.push(line) });
    expect(freePorts).toHaveBeenCalledTimes(2);
    expect(said).toContain('a port was taken in the meantime: trying others');
    expect(await cluster.kubectl(['get', 'namespace', 'default', '-o', 'name'])).toBe('namespace/default\n');
    await cluster.stop();
  } finally {
    if (cache === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = cache;
    other.close();
  }
  expect(machine.processes).toEqual([]);
});

test('what a killed run leaves is ended by the next one', async () => {
  const child = machine.prove(['onprem']);
  const processes = await machine.started();
  child.kill('SIGKILL');
  await exit(child);
  expect(processes.filter(isRunning).length).toBeGreaterThan(0);
  machine.cluster(['status']);
  expect(processes.filter(isRunning)).toEqual([]);
  expect(fs.readdirSync(machine.clusters)).toEqual([]);
});
