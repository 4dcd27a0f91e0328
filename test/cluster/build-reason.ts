import type { Problem } from '../../core/problem';
import type { Fault } from './unavailable';

/** So much of what go said is shown; the log has the rest. */
const SHOWN_LINES = 24;
const SHOWN_CHARACTERS = 300;

/** A line of go about its progress. */
const PROGRESS = /^go: (downloading|finding|extracting) /;

interface Reason extends Pick<Problem, 'message' | 'remedy'> {
  readonly fault: Fault;
}

/**
 * Why a build failed.
 * @param said lines of go's standard error
 * @param packages import paths, which `go build -v` prints as it goes
 * @param log file that holds all lines
 */
export function reasonOf(said: readonly string[], packages: ReadonlySet<string>, log: string): Reason {
  const lines = said.filter((line) => !packages.has(line) && !PROGRESS.test(line));
  const text = lines.join('\n');
  const shown = excerpt(lines, log);
  if (/no space left on device|disk quota exceeded/i.test(text)) {
    return {
      fault: 'machine',
      message: 'the disk is full, so it was not built',
      remedy: 'free 10 GB, or point XDG_CACHE_HOME, GOCACHE and GOMODCACHE to a disk that has them',
    };
  }
  if (/: signal: killed|cannot allocate memory|out of memory/i.test(text)) {
    return {
      fault: 'machine',
      message: `a compiler was killed, most likely for want of memory:\n${shown}`,
      remedy: 'free 4 GB, or set GOMAXPROCS=1, so that one compiler runs at a time; what is built is kept',
    };
  }
  if (NETWORK.test(text)) {
    return {
      fault: 'machine',
      message: `modules could not be downloaded:\n${shown}`,
      remedy: 'connect to the network, or set GOPROXY to a proxy that can be reached; what is built is kept',
    };
  }
  if (/permission denied|read-only file system/i.test(text)) {
    return {
      fault: 'machine',
      message: `go may not write its caches:\n${shown}`,
      remedy: 'point GOCACHE, GOMODCACHE and TMPDIR to folders that can be written',
    };
  }
  return {
    fault: 'source',
    message: `go build failed:\n${shown}`,
    remedy: 'mend what it names; packages built so far are kept',
  };
}

const NETWORK = new RegExp(
  [
    'dial tcp',
    'no such host',
    'server misbehaving',
    'connection (refused|reset)',
    'network is unreachable',
    'i/o timeout',
    'TLS handshake',
    'x509: ',
    'module lookup disabled',
    'reading https?://\\S+: \\d{3} ',
    'proxyconnect',
  ].join('|'),
  'i',
);

/** The first lines, which tell the cause of the later ones, indented; and where the others are. */
function excerpt(lines: readonly string[], log: string): string {
  const shown = lines
    .slice(0, SHOWN_LINES)
    .map((line) => (line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS)}…` : line));
  const more = lines.length - shown.length;
  return [...shown, `${more > 0 ? `and ${more} more lines; ` : ''}everything is in ${log}`]
    .map((line) => `    ${line}`)
    .join('\n');
}
