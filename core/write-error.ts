import { types } from 'node:util';

/** Whether an error comes from the system; its `code` tells which one. */
export const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  types.isNativeError(error) && 'code' in error && 'syscall' in error;

/** The output could not be written for a reason that the user can mend; it is as it was before. */
export class WriteError extends Error {
  override readonly name: string = 'WriteError';

  constructor(
    /** The file or folder that could not be written, read or made. */
    readonly path: string,
    /** What happened, one sentence without a full stop. */
    readonly what: string,
    /** What to do about it, one sentence without a full stop. */
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(`${what}: remedy: ${remedy}`, options);
  }
}

/** A whole foreign folder must not scroll the reason away. */
const SHOWN_FILES = 10;

/** The output holds what was not generated; writing would destroy it. */
export class ForeignFilesError extends WriteError {
  override readonly name = 'ForeignFilesError';

  constructor(
    dist: string,
    /** All foreign files, links and other nodes, relative to the output folder, sorted. */
    readonly files: readonly string[],
  ) {
    const shown = files.slice(0, SHOWN_FILES).map((file) => `\n  ${file}`);
    const list = [
      ...shown,
      ...(files.length > SHOWN_FILES ? [`\n  and ${files.length - SHOWN_FILES} more`] : []),
    ].join('');
    super(
      dist,
      `${dist} holds what lakeport did not write:${list}`,
      'move it out of there or delete it, and run again; nothing was written',
    );
  }
}

/**
 * Does something with files; what the system refuses is told so that a user can mend it.
 * @param path what the user knows the file by; default: the path that the system names
 * @throws WriteError where the system refuses; any other error as it is
 */
export function explaining<T>(dist: string, path: string | undefined, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const named = path ?? error.path ?? dist;
    const [what, remedy] = REFUSALS[error.code ?? ''] ?? unknown(error.message);
    throw new WriteError(named, what(named), `${remedy} and run again; ${dist} is as it was`, {
      cause: error,
    });
  }
}

type Refusal = readonly [what: (path: string) => string, remedy: string];

const unknown = (message: string): Refusal => [
  (path) => `${path} cannot be written: ${message}`,
  'mend that',
];
const denied: Refusal = [
  (path) => `no permission to read or write ${path}`,
  'give yourself permission there',
];
const notFolder: Refusal = [
  (path) => `${path} cannot be reached: a file is where a folder must be`,
  'move that file away or choose another output folder',
];
const tooMany: Refusal = [() => 'too many files are open on this machine', 'close some programs'];
const inUse: Refusal = [
  (path) => `${path} is in use or a mount point, so that it cannot be replaced`,
  'close what uses it, or mount a folder above it instead',
];

const REFUSALS: Readonly<Record<string, Refusal>> = {
  EACCES: denied,
  EPERM: denied,
  EROFS: [
    (path) => `${path} lies on a read-only file system`,
    'make it writable or choose another output folder',
  ],
  ENOSPC: [(path) => `no space left on the device of ${path}`, 'free some of it, or some inodes,'],
  EDQUOT: [(path) => `your disk quota on the device of ${path} is used up`, 'free some or have it raised'],
  EFBIG: [(path) => `${path} is larger than a file may be here`, 'raise the limit (ulimit -f)'],
  EIO: [(path) => `the device of ${path} reports an error`, 'check the disk or the network share'],
  EXDEV: [
    (path) => `${path} is a mount of its own, or comes from a lower layer of a container image`,
    'mount a folder above it instead, or delete it',
  ],
  EBUSY: inUse,
  ENOTDIR: notFolder,
  EEXIST: notFolder,
  EISDIR: [(path) => `${path} is a folder where a file must be`, 'move it away'],
  ELOOP: [(path) => `${path} leads through links that form a circle`, 'mend the links'],
  ENAMETOOLONG: [
    (path) => `${path} is too long a name for this file system`,
    'choose a shorter output folder',
  ],
  EMFILE: tooMany,
  ENFILE: tooMany,
};
