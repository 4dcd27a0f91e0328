import type { Demand } from './chart';
import { spotShare } from './placement';

/** Cores and bytes. */
export interface Compute {
  readonly cpu: number;
  readonly memory: number;
}

/** What a site requests at one load, by where it is pinned. */
export interface Load {
  readonly spot: Compute;
  readonly regular: Compute;
  /** Share of CPU and of memory that is pinned to spot nodes: 0 to 1; 0 where nothing is requested. */
  readonly share: Compute;
}

export type LoadName = 'min' | 'typical' | 'max';

/** Adds up demands at one load. What only prefers spot counts as regular: it may end up there. */
export function loadOf(demands: Iterable<Demand>, at: LoadName): Load {
  let [spotCpu, spotMemory, cpu, memory] = [0, 0, 0, 0];
  for (const demand of demands) {
    const pods = demand.pods[at];
    const share = spotShare(demand.placement);
    cpu += pods * demand.cpu;
    memory += pods * demand.memory;
    spotCpu += pods * demand.cpu * share;
    spotMemory += pods * demand.memory * share;
  }
  return {
    spot: { cpu: spotCpu, memory: spotMemory },
    regular: { cpu: cpu - spotCpu, memory: memory - spotMemory },
    share: { cpu: cpu === 0 ? 0 : spotCpu / cpu, memory: memory === 0 ? 0 : spotMemory / memory },
  };
}
