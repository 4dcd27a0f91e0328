import fs from 'node:fs';
import path from 'node:path';
import { isProcessName, pidOf } from '../../../core/process';
import type { Cluster } from '../cluster';

/**
 * The most memory that programs of a cluster have held so far, GiB by name; what has ended, and what a system other
 * than Linux does not tell, is left out.
 */
export function peaksOf({ folder }: Cluster, programs: readonly string[]): Map<string, number> {
  const peaks = programs.flatMap((name): [string, number][] => {
    try {
      const running = fs.readFileSync(path.join(folder, 'pids', name), 'utf8').trim();
      if (!isProcessName(running)) return [];
      const status = fs.readFileSync(`/proc/${pidOf(running)}/status`, 'utf8');
      const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
      return kibibytes ? [[name, Number(kibibytes) / 2 ** 20]] : [];
    } catch {
      return [];
    }
  });
  return new Map(peaks);
}
