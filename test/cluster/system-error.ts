import fs from 'node:fs';
import { InputError } from '../../core/problem';
import { isSystemError } from '../../core/write-error';
import { cacheFolder } from './cache';

const MESSAGES: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of the disk is used up',
  EROFS: 'the disk is read-only',
  EACCES: 'it may not be written',
  ENOTDIR: 'it is no folder',
  EEXIST: 'it is no folder',
};

/** Below this a control plane has nothing to write to. */
const LEAST_BYTES = 64 * 2 ** 20;

/** Whether a folder's disk is as good as full: programs that find it so end in their own ways. */
export function isFull(folder: string): boolean {
  const { bavail, bsize } = fs.statfsSync(folder);
  return bavail * bsize < LEAST_BYTES;
}

export const diskFull = (): InputError => refused('the disk is full');

/** An error of the operating system as a user can mend it; any other as it is. */
export function explained(error: unknown): unknown {
  const message = isSystemError(error) ? MESSAGES[error.code ?? ''] : undefined;
  return message ? refused(message) : error;
}

const refused = (message: string): InputError =>
  new InputError([
    {
      field: cacheFolder(),
      message: `${message}; nothing was left running`,
      remedy: 'free some space, or point XDG_CACHE_HOME to a disk that can be written and has 10 GB',
    },
  ]);
