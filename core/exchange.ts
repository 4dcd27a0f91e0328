/** Linux: the paths are relative to the working directory, as everywhere else. */
const AT_FDCWD = -100;
/** The same value on Linux (RENAME_EXCHANGE) and macOS (RENAME_SWAP). */
const EXCHANGE = 2;

/** Number of the system call where the C library has no function for it, such as musl up to 1.2.5. */
const RENAMEAT2: Readonly<Record<string, number>> = { x64: 316, arm64: 276, riscv64: 276, loong64: 276 };

type Swap = (first: string, second: string) => number;

let swap: Swap | undefined;

/**
 * Exchanges two existing folders of one file system in a single step: at every instant both names lead to a whole
 * folder. Node.js has no call for this; it is reached through koffi, which is loaded by the first call only.
 * @returns false where nothing was done: no koffi, another system, or a file system that cannot
 */
export function exchange(first: string, second: string): boolean {
  swap ??= findSwap();
  return swap(first, second) === 0;
}

function findSwap(): Swap {
  const none: Swap = () => -1;
  if (process.platform !== 'linux' && process.platform !== 'darwin') return none;
  try {
    // What require returns has no type of its own.
    const koffi = require('koffi') as typeof import('koffi');
    const own = koffi.load(null);
    if (process.platform === 'darwin') {
      const renamex = own.func('int renamex_np(const char*, const char*, unsigned int)');
      return (first, second) => renamex(first, second, EXCHANGE);
    }
    try {
      const renameat2 = own.func('int renameat2(int, const char*, int, const char*, unsigned int)');
      return (first, second) => renameat2(AT_FDCWD, first, AT_FDCWD, second, EXCHANGE);
    } catch {
      const number = RENAMEAT2[process.arch];
      if (number === undefined) return none;
      const syscall = own.func('long syscall(long, int, const char*, int, const char*, unsigned int)');
      return (first, second) => syscall(number, AT_FDCWD, first, AT_FDCWD, second, EXCHANGE);
    }
  } catch {
    return none;
  }
}
