import { spawnSync } from 'node:child_process';

// What only some machines allow: namespaces of Linux, in which a test is another user or has disks of its own.

const unshare = (...options: readonly string[]): boolean => spawnSync('unshare', options).status === 0;

/** A test that says in its name when this machine cannot run it. */
export const only = (possible: boolean, without: string) => (name: string, work: () => void) =>
  possible ? test(name, work) : test.skip(`${name}: SKIPPED, this machine has no ${without}`, work);

// Root may write everywhere; in a user namespace without a mapping it is root no more.
const asRoot = process.getuid?.() === 0;

/** A test whose process may not write everywhere: it starts it by {@link NO_ROOT}. */
export const unprivileged = only(!asRoot || unshare('--user', 'true'), 'user namespaces (unshare)');

/** A program with arguments in front of a command that shall have no rights beyond those of its user. */
export const NO_ROOT: readonly [string, readonly string[]] = asRoot ? ['unshare', ['--user']] : ['env', []];

const MOUNTING = ['--user', '--map-root-user', '--mount'];

/** A test whose process mounts disks of its own: it starts it by {@link onDisk}. */
export const mounted = only(
  unshare(...MOUNTING, 'sh', '-c', 'mount -t tmpfs tmpfs /mnt'),
  'mount namespaces (unshare)',
);

/** A program with arguments in front of a command for which a folder is an empty disk of a size such as `700k`. */
export const onDisk = (folder: string, size: string): readonly [string, readonly string[]] => [
  'unshare',
  [...MOUNTING, 'sh', '-c', `mount -t tmpfs -o size=${size} tmpfs "${folder}" && exec "$0" "$@"`],
];
