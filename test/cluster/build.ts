import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { InputError } from '../../core/problem';
import { isProcessName, isRunning, thisProcess } from '../../core/process';
import { isSystemError } from '../../core/write-error';
import type { Say } from './binaries';
import { reasonOf } from './build-reason';
import { cacheFolder } from './cache';
import { endGroup, GoFailure, type GoOptions, go } from './go';
import { endWithProcess } from './lifetime';
import { explained } from './system-error';
import { TimeOver } from './time';
import { type Tool, tools } from './tool';
import { Unavailable } from './unavailable';

/** How often a build tells where it is. */
const REPORT_MS = 15_000;

/** Between a folder's name and the process that fills it. */
const PARTIAL = '.partial-';

/** File within a half-built folder that names the process that builds, which may outlive the one that started it. */
const RECORD = '.go';

/**
 * Builds the programs of a tool into a folder, which appears all at once or not at all.
 * @param time ends the build before its time
 * @throws Unavailable without Go, with too old a Go, without network or disk space, when the time is over, or
 *   with what the compiler says
 */
export async function build(tool: Tool, folder: string, say: Say, time?: AbortSignal): Promise<void> {
  try {
    requireGo(tool);
    fs.mkdirSync(path.dirname(folder), { recursive: true });
    await dropHalfBuilt(path.dirname(folder));
    await buildInto(tool, folder, say, time);
  } catch (error) {
    if (error instanceof TimeOver) throw outOfTime(tool, error);
    if (isSystemError(error)) {
      const known = explained(error);
      if (known instanceof InputError)
        for (const each of known.problems) throw new Unavailable(each, 'machine');
    }
    throw error;
  }
}

async function buildInto(tool: Tool, folder: string, say: Say, time: AbortSignal | undefined): Promise<void> {
  const partial = `${folder}${PARTIAL}${thisProcess()}`;
  fs.mkdirSync(partial);
  const drop = () => fs.rmSync(partial, { recursive: true, force: true });
  const forget = endWithProcess({ stop: async () => drop() });
  try {
    await compile(tool, partial, say, time);
    const missing = Object.keys(tool.programs).filter((name) => !isProgram(path.join(partial, name)));
    if (missing.length > 0) throw new Error(`the build of ${tool.name} gave no ${missing.join(', ')}`);
    publish(tool, partial, folder);
  } finally {
    forget();
    drop();
  }
}

/** Whether a folder holds all programs of a tool: a disk that was full may have left empty files. */
export const isBuilt = (tool: Tool, folder: string): boolean =>
  Object.keys(tool.programs).every((name) => isProgram(path.join(folder, name)));

const isProgram = (file: string): boolean => fs.existsSync(file) && fs.statSync(file).size > 0;

async function compile(tool: Tool, out: string, say: Say, time: AbortSignal | undefined): Promise<void> {
  const started = Date.now();
  say(`building ${tool.name} ${tool.version}: once, then it is kept`);
  const log = logOf(tool);
  fs.mkdirSync(path.dirname(log), { recursive: true });
  fs.writeFileSync(log, '');
  const options: GoOptions = { cwd: tool.folder, log, record: path.join(out, RECORD), time };
  const compiled = new Set<string>();
  let packages = new Set<string>();
  let clock: NodeJS.Timeout | undefined;
  try {
    packages = new Set(
      await go(['list', '-deps', tagsOf(tool), ...targets(tool).map(([target]) => target)], options),
    );
    clock = setInterval(() => {
      say(`  ${tool.name}: ${compiled.size} of at most ${packages.size} packages, ${seconds(started)} s`);
    }, REPORT_MS);
    const flags = ['-v', `-ldflags=${linkerFlags(tool)}`, tagsOf(tool)];
    const onLine = (line: string) => compiled.add(line);
    for (const [target, name] of targets(tool)) {
      await go(['build', ...flags, '-o', `${out}/${name}`, target], { ...options, onLine });
    }
  } catch (error) {
    if (!(error instanceof GoFailure)) throw error;
    const { fault, ...reason } = reasonOf(error.said, packages, log);
    throw new Unavailable({ field: fieldOf(tool), ...reason }, fault);
  } finally {
    clearInterval(clock);
  }
  fs.rmSync(log, { force: true });
  say(`built ${tool.name} ${tool.version} in ${seconds(started)} s`);
}

/** What go said while it built; kept where it failed. */
const logOf = ({ name, version }: Tool): string =>
  path.join(cacheFolder(), 'logs', `build-${name}-${version}.log`);

const fieldOf = ({ name, version }: Tool): string => `${name} ${version}`;

const tagsOf = ({ tags }: Tool): string => `-tags=${tags.join(',')}`;

const seconds = (since: number): string => ((Date.now() - since) / 1000).toFixed(0);

/** What `go build` takes, and the program that it gives: all of the tool's folder, or packages of its modules. */
function targets(tool: Tool): (readonly [target: string, program: string])[] {
  const named = Object.entries(tool.packages).map(([program, target]) => [target, program] as const);
  return named.length > 0 ? named : [['./...', '']];
}

function linkerFlags({ version, stamp }: Tool): string {
  const [major = '', minor = ''] = version.split('.');
  const fill = (text: string) =>
    text.replaceAll('{version}', version).replaceAll('{major}', major).replaceAll('{minor}', minor);
  return ['-s', '-w', ...Object.entries(stamp).map(([name, value]) => `-X=${name}=${fill(value)}`)].join(' ');
}

function requireGo(tool: Tool): void {
  const { status, stdout } = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8', cwd: '/' });
  const field = fieldOf(tool);
  const remedy = `install Go ${leastGo()} or newer (https://go.dev/dl), or put ${Object.keys(tool.programs).join(', ')} of this version on PATH`;
  if (status !== 0) {
    throw new Unavailable(
      { field, message: 'Go is not installed, so it cannot be built', remedy },
      'machine',
    );
  }
  const found = stdout.trim().replace(/^go/, '');
  if (isOlder(found, tool.go)) {
    throw new Unavailable({ field, found, message: 'Go is too old to build it', remedy }, 'machine');
  }
}

/** Lowest version of Go that can build every tool. */
const leastGo = (): string => tools().reduce((most, { go }) => (isOlder(most, go) ? go : most), '0');

/** Whether a dotted version is lower than another. */
export function isOlder(version: string, than: string): boolean {
  const parts = (text: string) => (text.match(/\d+/g) ?? []).map(Number);
  const [a, b] = [parts(version), parts(than)];
  const differing = b.findIndex((part, at) => part !== (a[at] ?? 0));
  return differing >= 0 && (a[differing] ?? 0) < (b[differing] ?? 0);
}

const outOfTime = (tool: Tool, { message }: TimeOver): Unavailable =>
  new Unavailable(
    {
      field: fieldOf(tool),
      message: `${message} before it was built`,
      remedy: 'run it again: packages built so far are kept',
    },
    'time',
  );

/** Removes what runs left that were killed while they built, and ends what they left building. */
async function dropHalfBuilt(folder: string): Promise<void> {
  for (const name of fs.readdirSync(folder)) {
    const [, owner] = name.split(PARTIAL);
    if (!owner || !isProcessName(owner) || isRunning(owner)) continue;
    const whole = path.join(folder, name);
    const record = path.join(whole, RECORD);
    const leader = fs.existsSync(record) ? fs.readFileSync(record, 'utf8').trim() : '';
    if (isProcessName(leader)) await endGroup(leader);
    fs.rmSync(whole, { recursive: true, force: true });
  }
}

/** Another run may have built the same in the meantime; then its build stays, if it is whole. */
function publish(tool: Tool, partial: string, folder: string): void {
  if (isBuilt(tool, folder)) return;
  fs.rmSync(folder, { recursive: true, force: true });
  try {
    fs.renameSync(partial, folder);
  } catch (error) {
    if (!isBuilt(tool, folder)) throw error;
  }
}
