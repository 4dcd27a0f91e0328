import fs from 'node:fs';
import { isSystemError } from './write-error';

/**
 * A running process as files name it: `<pid>-<start>`. The start is in clock ticks since boot, so that a later
 * process of the same pid is another one; it is 0 where the system does not tell (all but Linux).
 */
export type ProcessName = `${number}-${number}`;

export const isProcessName = (text: string): text is ProcessName => /^[1-9]\d*-\d+$/.test(text);

/** The name of a process that runs. */
export const processName = (pid: number): ProcessName => `${pid}-${statusOf(pid)?.start ?? 0}`;

/** The name of the process that asks. */
export const thisProcess = (): ProcessName => processName(process.pid);

export const pidOf = (name: ProcessName): number => Number.parseInt(name, 10);

/** Whether a process still runs, on this machine and in this PID namespace; no other can be asked. */
export function isRunning(name: ProcessName): boolean {
  if (!isProcessName(name)) return false;
  const pid = pidOf(name);
  const start = Number(name.split('-')[1]);
  const status = statusOf(pid);
  // A process that ended and whose parent has not noticed holds nothing any more.
  if (status) return !'ZX'.includes(status.state) && (start === 0 || status.start === start);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It runs, but as another user.
    return isSystemError(error) && error.code === 'EPERM';
  }
}

function statusOf(pid: number): { readonly state: string; readonly start: number } | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const text = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the program's name in brackets, which may itself hold blanks and brackets.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const start = Number(fields[19]);
    return fields[0] && Number.isSafeInteger(start) ? { state: fields[0], start } : undefined;
  } catch {
    return undefined;
  }
}
