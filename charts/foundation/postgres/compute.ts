import type { RoleCompute } from '../../../core/chart';
import { millicores, parseQuantity } from '../../../core/quantity';
import { fixed } from '../../../core/scale';
import type { Resources } from '../../../core/workload';
import type { Settings } from './settings';

/** What archives beside each instance; it holds some parts of a file while they are uploaded. */
export const ARCHIVER = { cpu: '50m', memory: '256Mi', memoryLimit: '512Mi' } as const satisfies Resources;

/** The two operators: of databases, and of their backups. */
export const OPERATORS = {
  operator: { cpu: '100m', memory: '256Mi', pods: fixed(2, 'one leads, the other takes over') },
  backup: {
    cpu: '25m',
    memory: '128Mi',
    pods: fixed(1, 'it is asked when an instance is made; instances archive without it'),
  },
} as const satisfies Record<string, RoleCompute>;

/** What the operator makes pods of. */
export function computeOf({ instances, poolers }: Settings): Record<'instance' | 'pooler', RoleCompute> {
  const sum = (of: 'cpu' | 'memory') => parseQuantity(instances[of]) + parseQuantity(ARCHIVER[of]);
  return {
    instance: {
      cpu: millicores(sum('cpu')),
      memory: String(sum('memory')),
      pods: fixed(instances.count, 'each holds all data; more would be more copies'),
    },
    pooler: {
      cpu: poolers.cpu,
      memory: poolers.memory,
      pods: fixed(
        poolers.count,
        'one carries thousands of connections; the second is there when a node goes',
      ),
    },
  };
}

/** What the namespace may take: everything, one more of each while it is replaced, and the jobs that make an instance. */
export function quotaOf(settings: Settings): { cpu: string; memory: string; pods: number } {
  const all: readonly RoleCompute[] = [...Object.values(OPERATORS), ...Object.values(computeOf(settings))];
  const sum = (of: 'cpu' | 'memory') =>
    all.reduce((total, each) => total + parseQuantity(each[of]) * (each.pods.max + 1), 0);
  return {
    cpu: millicores(sum('cpu')),
    memory: `${Math.ceil(sum('memory') / 2 ** 30)}Gi`,
    pods: all.reduce((total, { pods }) => total + pods.max + 1, 0) + 4,
  };
}
