import fs from 'node:fs';
import path from 'node:path';
import { isProcessName, pidOf } from '../../../core/process';
import type { Cluster } from '../cluster';

/** What a program has taken of the machine since it began. */
export interface Footprint {
  readonly program: string;
  /** The most memory that it held at a time, GiB. */
  readonly memory: number;
  /** Processor time, seconds. */
  readonly seconds: number;
}

const PROGRAMS = ['kube-apiserver', 'etcd', 'kube-controller-manager', 'kube-scheduler', 'kwok'];

/** Linux counts so many ticks a second, whatever the machine. */
const TICKS = 100;

/** Of the programs of a control plane; what has ended, and what another system does not tell, is left out. */
export const footprintsOf = ({ folder }: Pick<Cluster, 'folder'>): Footprint[] =>
  PROGRAMS.flatMap((program) => {
    try {
      const running = fs.readFileSync(path.join(folder, 'pids', program), 'utf8').trim();
      if (!isProcessName(running)) return [];
      const of = (file: string) => fs.readFileSync(`/proc/${pidOf(running)}/${file}`, 'latin1');
      return [{ program, ...footprintOf(of('status'), of('stat')) }];
    } catch {
      return [];
    }
  });

/** From what /proc tells of a process. */
export function footprintOf(status: string, stat: string): Omit<Footprint, 'program'> {
  const kibibytes = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN);
  // After the name in brackets, which may hold blanks, the 12th and 13th field are time in user and system mode.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { memory: kibibytes / 2 ** 20, seconds: (Number(fields[11]) + Number(fields[12])) / TICKS };
}
