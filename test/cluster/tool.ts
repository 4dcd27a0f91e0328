import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { versions } from '../../versions';

const TOOLS = path.join(__dirname, 'tools');

/** tool.json beside the go.mod of a tool. */
const description = z.strictObject({
  /** Module in go.mod whose version is the tool's. */
  module: z.string(),
  /**
   * Programs that `go build ./...` gives, each named for its folder (or for the module, where that is the tool's
   * folder), and the arguments that make it print its version; null where only our own build will do.
   */
  programs: z.record(z.string(), z.array(z.string()).nullable()),
  /** Import path by program, where a main package of the upstream module is built and not a folder of ours. */
  packages: z.record(z.string(), z.string()).default({}),
  /** String variables set by the linker; `{version}`, `{major}` and `{minor}` are filled in. */
  stamp: z.record(z.string(), z.string()).default({}),
  /** The platform's own pin in versions.ts, where no build of it can be had from modules alone; PATH may have it. */
  pin: z.enum(Object.keys(versions) as [keyof typeof versions]).optional(),
  /** Build tags. */
  tags: z.array(z.string()).default([]),
});

/** Programs that are built together from one Go module of ours. */
export interface Tool extends z.output<typeof description> {
  readonly name: string;
  readonly folder: string;
  /** Version of the upstream module, without v. */
  readonly version: string;
  /** Lowest version of Go that can build it, such as 1.26.0. */
  readonly go: string;
  /** Digest of everything that the build reads. */
  readonly digest: string;
}

/** Every tool in tools/. */
export const tools = (): Tool[] =>
  fs
    .readdirSync(TOOLS)
    .filter((name) => fs.existsSync(path.join(TOOLS, name, 'tool.json')))
    .map(readTool);

/** The tool that a program belongs to. */
export function toolOf(program: string): Tool {
  const tool = tools().find(({ programs }) => program in programs);
  if (!tool) throw new Error(`no tool.json below ${TOOLS} has a program ${program}`);
  return tool;
}

function readTool(name: string): Tool {
  const folder = path.join(TOOLS, name);
  const read = (file: string) => fs.readFileSync(path.join(folder, file), 'utf8');
  const known = description.parse(JSON.parse(read('tool.json')));
  const mod = read('go.mod');
  const lines = mod.split('\n').map((line) =>
    line
      .replace(/^require /, '')
      .trim()
      .split(' '),
  );
  const wordAfter = (key: string) => lines.find(([first]) => first === key)?.[1];
  const version = wordAfter(known.module);
  const go = wordAfter('go');
  if (!version || !go) throw new Error(`${folder}/go.mod names no version of go or of ${known.module}`);
  const digest = createHash('sha256');
  for (const file of sources(folder)) digest.update(`${file}\0${read(file)}\0`);
  return {
    ...known,
    name,
    folder,
    version: version.replace(/^v|\+incompatible$/g, ''),
    go,
    digest: digest.digest('hex').slice(0, 12),
  };
}

const sources = (folder: string): string[] =>
  fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => fs.statSync(path.join(folder, file)).isFile())
    .sort();

/** The version within a text, such as 1.36.1 in «Kubernetes v1.36.1». */
export const versionIn = (text: string): string | undefined => /\d+\.\d+\.\d+/.exec(text)?.[0];

/** Major and minor of a version within a text, such as 1.36. */
export const minorOf = (text: string): string | undefined => /(\d+\.\d+)\.\d+/.exec(text)?.[1];
