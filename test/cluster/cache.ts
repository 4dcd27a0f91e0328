import os from 'node:os';
import path from 'node:path';

/** Folder outside the tree for what is built, downloaded and run: `$XDG_CACHE_HOME/lakeport`. */
export const cacheFolder = (): string =>
  path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'lakeport');
