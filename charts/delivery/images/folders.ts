import fs from 'node:fs';
import path from 'node:path';
import { checksum } from '../../../core/checksum';
import { InputError, type Problem } from '../../../core/problem';
import { type Base, baseOf } from './dockerfile';

/** The folder of the repository in which each folder is an image. */
export const FOLDER = 'images';

/** An image as the repository has it. */
export interface ImageFolder {
  /** Also its name in the registry. */
  readonly name: string;
  /** The image that it is built from; undefined where that is published elsewhere. */
  readonly base: Base | undefined;
  /** Changes with every file of the folder. */
  readonly checksum: string;
}

/** Those that others, or none, are built from: the one that carries Spark itself, and Hive. */
export const ROOTS = ['spark', 'hive'] as const;
export type Root = (typeof ROOTS)[number];
const isRoot = (name: string): name is Root => ROOTS.some((root) => root === name);

/** What a registry takes for a repository, and Kubernetes for a name. */
const NAME = /^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/;

/**
 * The images of the repository, each after the one that it is built from.
 * @throws InputError where a folder is no image, or an image that does not carry the Spark of the platform
 */
export function imageFolders(root = path.resolve(__dirname, '../../..', FOLDER)): readonly ImageFolder[] {
  const names = fs
    .readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
  const read = names.map((name) => readFolder(root, name));
  const problems = read.flatMap((each) => ('problem' in each ? [each.problem] : []));
  if (problems.length > 0) throw new InputError(problems);
  const folders = read.flatMap((each) => ('problem' in each ? [] : [each]));
  const depth = ({ base }: ImageFolder): number => (base === undefined ? 0 : base === 'spark' ? 1 : 2);
  return folders.sort((a, b) => depth(a) - depth(b));
}

function readFolder(root: string, name: string): ImageFolder | { readonly problem: Problem } {
  const field = `${FOLDER}/${name}`;
  if (!NAME.test(name)) {
    const message = 'is no name of an image';
    const remedy = 'write up to 40 lower-case letters, digits and dashes';
    return { problem: { field, found: name, message, remedy } };
  }
  const files = filesOf(path.join(root, name));
  const dockerfile = files.find(([file]) => file === 'Dockerfile')?.[1];
  if (dockerfile === undefined) {
    const remedy = `write ${field}/Dockerfile, or move the folder elsewhere`;
    return { problem: { field, message: 'has no Dockerfile, and each folder there is an image', remedy } };
  }
  const base = baseOf(dockerfile);
  const sum = checksum(JSON.stringify(files));
  if (isRoot(name)) return { name, base: undefined, checksum: sum };
  if (base && !(name === 'notebook' && base === 'notebook')) return { name, base, checksum: sum };
  return {
    problem: {
      field: `${field}/Dockerfile`,
      found: /^\s*FROM\b.*$/gim.exec(dockerfile)?.[0],
      message: 'does not carry the Spark of the platform: its last stage is built from something else',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: as a Dockerfile has it
      remedy: 'write `ARG SPARK_IMAGE` and `FROM ${SPARK_IMAGE}`, or the same with NOTEBOOK_IMAGE',
    },
  };
}

/** Every file below a folder with its text, by path. */
const filesOf = (folder: string): [string, string][] =>
  fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .filter((file) => fs.statSync(path.join(folder, file)).isFile())
    .map((file) => [file.split(path.sep).join('/'), fs.readFileSync(path.join(folder, file), 'utf8')]);
