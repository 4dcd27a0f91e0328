import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { versions } from '../../versions';
import { build, isBuilt } from './build';
import { cacheFolder } from './cache';
import { minorOf, type Tool, toolOf, versionIn } from './tool';
import { Unavailable } from './unavailable';

/** Tells a person what goes on, a line at a time. */
export type Say = (line: string) => void;

/**
 * Path of a program: from KUBEBUILDER_ASSETS or PATH where it is of a pinned minor version, else our own build,
 * which is made once and kept in the cache.
 * @param time ends a build before its time
 * @throws Unavailable where it must be built and cannot be
 */
export async function binary(program: string, say: Say, time?: AbortSignal): Promise<string> {
  const tool = toolOf(program);
  return installed(program, tool)?.file ?? path.join(await built(tool, say, time), program);
}

/** Paths of several programs, built one tool after the other. */
export async function binaries<Name extends string>(
  programs: readonly Name[],
  say: Say,
): Promise<Readonly<Record<Name, string>>> {
  const paths: [Name, string][] = [];
  for (const program of programs) paths.push([program, await binary(program, say)]);
  // Object.fromEntries forgets the names of keys.
  return Object.fromEntries(paths) as Record<Name, string>;
}

/** Whether a program is there without a build. */
export function isAtHand(program: string): boolean {
  const tool = toolOf(program);
  return installed(program, tool) !== undefined || isBuilt(tool, folderOf(tool));
}

/** What could not be built is not tried again in the same run. */
const failed = new Map<string, Unavailable>();

async function built(tool: Tool, say: Say, time: AbortSignal | undefined): Promise<string> {
  const folder = folderOf(tool);
  const failure = failed.get(folder);
  if (failure) throw failure;
  try {
    if (!isBuilt(tool, folder)) await build(tool, folder, say, time);
  } catch (error) {
    if (error instanceof Unavailable) failed.set(folder, error);
    throw error;
  }
  return folder;
}

/** Where the builds of a tool lie; every input of the build is part of the name. */
const folderOf = ({ name, version, digest }: Tool): string =>
  path.join(cacheFolder(), 'tools', `${name}-${version}-${digest}`);

interface Installed {
  readonly file: string;
  readonly version: string;
}

const found = new Map<string, Installed | undefined>();

function installed(program: string, tool: Tool): Installed | undefined {
  if (!found.has(program)) found.set(program, search(program, tool));
  return found.get(program);
}

function search(program: string, tool: Tool): Installed | undefined {
  const versionArgs = tool.programs[program];
  if (!versionArgs) return undefined;
  // What the platform installs counts more than what can be built in its place.
  const fitting = [...(tool.pin ? [versions[tool.pin]] : []), tool.version].map(minorOf);
  const folders = [process.env.KUBEBUILDER_ASSETS, ...(process.env.PATH ?? '').split(path.delimiter)];
  for (const folder of folders) {
    const file = path.join(folder ?? '', program);
    if (!folder || !fs.existsSync(file)) continue;
    const { status, stdout } = spawnSync(file, versionArgs, { encoding: 'utf8', timeout: 10_000 });
    const version = versionIn(stdout);
    if (status === 0 && version && fitting.includes(minorOf(version))) return { file, version };
  }
  return undefined;
}

/** What is taken for programs: a line for each tool and version, such as «etcd 3.6.14 from PATH: etcd». */
export function describeBinaries(programs: readonly string[]): string[] {
  const lines = new Map<string, string[]>();
  for (const program of [...programs].sort()) {
    const tool = toolOf(program);
    const there = installed(program, tool);
    const key = `${tool.name} ${there ? `${there.version} from PATH` : `${tool.version} built from its modules`}`;
    lines.set(key, [...(lines.get(key) ?? []), program]);
  }
  return [...lines].map(([key, names]) => `${key}: ${names.join(', ')}`);
}
