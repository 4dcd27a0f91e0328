import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { forward } from './forward';

/**
 * What a process finds around it in place of a container: this machine's root file system, which it cannot write to,
 * with its volumes at their paths; no network but the ways that are named; no capability.
 */
export interface Sandbox {
  /** Folder of its own, at first empty. */
  readonly folder: string;
  /** As the process calls the machine that it is on: the name of the pod. */
  readonly hostname: string;
  /** Folder of the sockets below, which are named within it. */
  readonly network: string;
  /** Address within the sandbox by name. */
  readonly hosts: Readonly<Record<string, string>>;
  /** What it can reach: an address within, and the socket outside behind it. */
  readonly reaches: readonly { readonly host: string; readonly port: number; readonly socket: string }[];
  /** Ports that it listens on, and the socket that leads to each. */
  readonly serves: readonly { readonly port: number; readonly socket: string }[];
  /** Files and folders by the path at which the process finds them; those above others come first. */
  readonly mounts: readonly Mount[];
  readonly command: readonly string[];
  readonly cwd: string;
}

export interface Mount {
  readonly path: string;
  readonly source: string;
  readonly readOnly: boolean;
}

/** Namespaces of its own for a program; needs no right that a user lacks. */
const ISOLATE = ['unshare', '--user', '--map-root-user', '--mount', '--net', '--uts', '--'] as const;

/** The command that starts this file for a sandbox, whose folder must be there. */
export function commandOf({ folder, network, mounts }: Sandbox): readonly string[] {
  const root = path.join(folder, 'root');
  for (const each of [root, path.join(folder, 'layers')]) fs.mkdirSync(each, { recursive: true });
  const isThere = (at: string) => fs.existsSync(`/${at.split('/')[1]}`);
  const points = mounts.map((mount) => mount.path).filter((at) => !isThere(at));
  const script = [path.join(__dirname, 'root.sh'), root, folder, network, '--', ...points, '--'];
  return [...ISOLATE, ...script, process.execPath, RUN, __filename];
}

const RUN = path.join(__dirname, '../../../bin/run.js');

/** Why a sandbox cannot be made on this machine; undefined where it can. */
export function whyNoSandbox(): string | undefined {
  const [program, ...args] = ISOLATE;
  for (const test of [
    ['ip', 'link', 'set', 'lo', 'up'],
    ['setpriv', ...DROP, 'true'],
  ]) {
    const { error, stderr, status } = spawnSync(program, [...args, ...test], { encoding: 'utf8' });
    if (error || status !== 0) return `namespaces for processes: ${(error?.message ?? stderr).trim()}`;
  }
  return undefined;
}

/** The process dies with the one that started it and can never gain a capability. */
const DROP = ['--pdeathsig=KILL', '--no-new-privs', '--bounding-set=-all', '--inh-caps=-all', '--'];

async function enter(sandbox: Sandbox): Promise<void> {
  run('ip', 'link', 'set', 'lo', 'up');
  run('hostname', sandbox.hostname);
  // Sockets are named from here on by what may be hidden by mounts.
  process.chdir(sandbox.network);
  for (const { host, port, socket } of sandbox.reaches) await forward({ host, port }, { path: socket });
  for (const { port, socket } of sandbox.serves) await forward({ path: socket }, { host: LOOPBACK, port });
  const layers = new Layers(path.join(sandbox.folder, 'layers'));
  const mounts = [...own(sandbox), ...sandbox.mounts].map((mount) => ({
    ...mount,
    isFolder: fs.statSync(mount.source).isDirectory(),
    source: held(mount.source),
  }));
  const isWithin = (at: string) => mounts.some((other) => at.startsWith(`${other.path}/`));
  // All layers before anything is mounted: a later one would hide what is mounted below it.
  for (const { path: at, isFolder } of mounts) if (!isWithin(at)) layers.makePoint(at, isFolder);
  layers.close();
  for (const { path: at, source, readOnly, isFolder } of mounts) {
    // What is within a volume is made once that is there.
    layers.makePoint(at, isFolder);
    run('mount', '--no-canonicalize', '--bind', source, at);
    if (readOnly) run('mount', '-o', 'remount,bind,ro', at);
  }
  layers.close();
  const child = spawn('setpriv', [...DROP, ...sandbox.command], { stdio: 'inherit', cwd: sandbox.cwd });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => child.kill(signal));
  child.once('error', fail);
  child.once('exit', (code, signal) =>
    process.exit(code ?? 128 + (signal ? os.constants.signals[signal] : 0)),
  );
}

const LOOPBACK = '127.0.0.1';

/** A path that leads to a file or folder also when something is mounted above it. */
const held = (file: string): string => `/proc/${process.pid}/fd/${fs.openSync(file, 'r')}`;

/** Names and nothing to ask for others. */
function own({ folder, hostname, hosts }: Sandbox): Mount[] {
  const lines = Object.entries({ localhost: LOOPBACK, [hostname]: LOOPBACK, ...hosts }).map(
    ([name, ip]) => `${ip} ${name}\n`,
  );
  return Object.entries({
    hosts: lines.join(''),
    'resolv.conf': 'nameserver 127.0.0.1\noptions timeout:1\n',
  }).map(([name, text]) => {
    const source = path.join(folder, name);
    fs.writeFileSync(source, text);
    return { path: `/etc/${name}`, source, readOnly: true };
  });
}

/** Makes mount points where the machine has no such path, in layers that vanish with the sandbox. */
class Layers {
  private readonly bases = new Set<string>();
  private readonly scratch: string;
  private count = 0;

  constructor(folder: string) {
    run('mount', '-t', 'tmpfs', 'tmpfs', folder);
    this.scratch = held(folder);
  }

  makePoint(at: string, isFolder: boolean): void {
    if (fs.existsSync(at)) return;
    let above = path.dirname(at);
    while (!fs.existsSync(above)) above = path.dirname(above);
    const base = fs.realpathSync(above);
    // Within a volume that the process may write to it is made there, as a container runtime does.
    if (!isWritable(base)) this.cover(base);
    fs.mkdirSync(isFolder ? at : path.dirname(at), { recursive: true });
    if (!isFolder) fs.writeFileSync(at, '');
  }

  private cover(base: string): void {
    const part = `${this.scratch}/${this.count++}`;
    for (const name of ['upper', 'work']) fs.mkdirSync(`${part}/${name}`, { recursive: true });
    const layers = `lowerdir=${base},upperdir=${part}/upper,workdir=${part}/work`;
    run('mount', '-t', 'overlay', 'overlay', '-o', layers, base);
    this.bases.add(base);
  }

  close(): void {
    for (const base of this.bases) run('mount', '-o', 'remount,ro', base);
    this.bases.clear();
  }
}

function isWritable(folder: string): boolean {
  try {
    fs.accessSync(folder, fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function run(program: string, ...args: string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (error || status !== 0) {
    throw new Error(`${program} ${args.join(' ')}: ${(error?.message ?? stderr).trim()}`);
  }
}

function fail(error: unknown): void {
  console.error(error);
  process.exit(125);
}

if (process.env.LAKEPORT_SANDBOX) {
  // Written by pod.ts for this very process.
  const sandbox = JSON.parse(fs.readFileSync(process.env.LAKEPORT_SANDBOX, 'utf8')) as Sandbox;
  delete process.env.LAKEPORT_SANDBOX;
  enter(sandbox).catch(fail);
}
