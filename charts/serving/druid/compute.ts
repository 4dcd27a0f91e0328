import type { RoleCompute } from '../../../core/chart';
import { millicores, parseQuantity } from '../../../core/quantity';
import { fixed } from '../../../core/scale';
import type { Settings } from './settings';

/** Roles whose pods are servers, and the one of tasks. */
export type ServerRole = 'master' | 'broker' | 'historical' | 'router';

/** What sets Druid up, and what starts the batch of the example. */
export const SET_UP = { cpu: '50m', memory: '128Mi', pods: { min: 0, typical: 0, max: 1 } } as const;

export function computeOf(settings: Settings): Record<ServerRole | 'task', RoleCompute> {
  const { masters, brokers, historicals, routers, tasks } = settings;
  return {
    master: {
      cpu: masters.cpu,
      memory: masters.memory,
      pods: fixed(2, 'one leads, the other takes over'),
    },
    broker: { cpu: brokers.cpu, memory: brokers.memory, pods: brokers.count },
    historical: {
      cpu: historicals.cpu,
      memory: historicals.memory,
      pods: fixed(historicals.count, 'one that comes or goes moves its share of all segments'),
    },
    router: {
      cpu: routers.cpu,
      memory: routers.memory,
      pods: fixed(2, 'it only hands requests on; the second is there when a node goes'),
    },
    task: { cpu: tasks.cpu, memory: tasks.memory, pods: tasks.count },
  };
}

/** What the namespace may take: everything at its most, and one more of each while it is replaced. */
export function quotaOf(settings: Settings): { cpu: string; memory: string; pods: number } {
  const all: readonly RoleCompute[] = [SET_UP, SET_UP, ...Object.values(computeOf(settings))];
  const sum = (of: 'cpu' | 'memory') =>
    all.reduce((total, each) => total + parseQuantity(each[of]) * (each.pods.max + 1), 0);
  return {
    cpu: millicores(sum('cpu')),
    memory: `${Math.ceil(sum('memory') / 2 ** 30)}Gi`,
    // Jobs of tasks that have ended stay for a while.
    pods: all.reduce((total, { pods }) => total + pods.max + 1, 0) + 100,
  };
}

/** Heap and memory beside it of a program, as Java takes them: half of the pod's, and a third. */
export function javaMemory(memory: string): { readonly heap: string; readonly direct: string } {
  const mebibytes = parseQuantity(memory) / 2 ** 20;
  return { heap: `${Math.floor(mebibytes / 2)}m`, direct: `${Math.floor(mebibytes / 3)}m` };
}
