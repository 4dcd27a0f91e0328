import type { RoleCompute } from '../../../core/chart';
import { millicores, parseQuantity } from '../../../core/quantity';
import { fixed } from '../../../core/scale';
import type { Resources } from '../../../core/workload';
import { RACKS } from './names';
import type { Settings } from './settings';

export const OPERATOR = {
  cpu: '100m',
  memory: '256Mi',
  pods: fixed(1, 'servers run on while it restarts; by its lease a second one would only wait'),
} as const satisfies RoleCompute;

/** What makes accounts and tables. */
export const SET_UP = { cpu: '50m', memory: '256Mi', pods: { min: 0, typical: 0, max: 1 } } as const;

/** What is beside each server, and what writes its configuration before it starts. */
export const BESIDE = {
  logger: { cpu: '25m', memory: '128Mi' },
  backup: { cpu: '50m', memory: '128Mi', memoryLimit: '512Mi' },
  configuration: { cpu: '100m', memory: '256Mi' },
} as const satisfies Record<string, Resources>;

/** What the operator makes pods of. */
export function computeOf({ server, serversPerRack }: Settings): { readonly server: RoleCompute } {
  const sum = (of: 'cpu' | 'memory') =>
    [server[of], BESIDE.logger[of], BESIDE.backup[of]].reduce(
      (total, each) => total + parseQuantity(each),
      0,
    );
  return {
    server: {
      cpu: millicores(sum('cpu')),
      memory: String(sum('memory')),
      pods: fixed(serversPerRack * RACKS.length, 'one that comes or goes moves its share of all rows'),
    },
  };
}

/** What the namespace may take: everything, and one more of each while it is replaced. */
export function quotaOf(settings: Settings): { cpu: string; memory: string; pods: number } {
  const all: readonly RoleCompute[] = [OPERATOR, SET_UP, ...Object.values(computeOf(settings))];
  const sum = (of: 'cpu' | 'memory') =>
    all.reduce((total, each) => total + parseQuantity(each[of]) * (each.pods.max + 1), 0);
  return {
    cpu: millicores(sum('cpu')),
    memory: `${Math.ceil(sum('memory') / 2 ** 30)}Gi`,
    pods: all.reduce((total, { pods }) => total + pods.max + 1, 0),
  };
}
