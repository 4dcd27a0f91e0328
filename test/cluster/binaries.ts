import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { versions } from '../../versions';
import { build, isBuilt } from './build';
import { cacheFolder } from './cache';
import { minorOf, type Tool, toolOf } from './tool';

/** Tells a person what goes on, a line at a time. */
export type Say = (line: string) => void;

/**
 * Path of a program: from KUBEBUILDER_ASSETS or PATH where it is of a pinned minor version, else our own build,
 * which is made once and kept in the cache.
 * @param time ends a build before its time
 * @throws BuildFailure where it must be built and cannot be
 */
export async function binary(program: string, say: Say, time?: AbortSignal): Promise<string> {
  const tool = toolOf(program);
  return installed(program, tool) ?? path.join(await built(tool, say, time), program);
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

async function built(tool: Tool, say: Say, time: AbortSignal | undefined): Promise<string> {
  const folder = folderOf(tool);
  if (!isBuilt(tool, folder)) await build(tool, folder, say, time);
  return folder;
}

/** Where the builds of a tool lie; every input of the build is part of the name. */
const folderOf = ({ name, version, digest }: Tool): string =>
  path.join(cacheFolder(), 'tools', `${name}-${version}-${digest}`);

const found = new Map<string, string | undefined>();

function installed(program: string, tool: Tool): string | undefined {
  if (!found.has(program)) found.set(program, search(program, tool));
  return found.get(program);
}

function search(program: string, tool: Tool): string | undefined {
  const versionArgs = tool.programs[program];
  if (!versionArgs) return undefined;
  // What the platform installs counts more than what can be built in its place.
  const fitting = [...(tool.pin ? [versions[tool.pin]] : []), tool.version].map(minorOf);
  const folders = [process.env.KUBEBUILDER_ASSETS, ...(process.env.PATH ?? '').split(path.delimiter)];
  return folders
    .flatMap((folder) => (folder ? [path.join(folder, program)] : []))
    .filter((file) => fs.existsSync(file))
    .find((file) => {
      const { status, stdout } = spawnSync(file, versionArgs, { encoding: 'utf8', timeout: 10_000 });
      return status === 0 && fitting.includes(minorOf(stdout));
    });
}
