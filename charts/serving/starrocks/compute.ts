import type { RoleCompute } from '../../../core/chart';
import { eitherOf } from '../../../core/placement';
import { millicores, parseQuantity } from '../../../core/quantity';
import { fixed } from '../../../core/scale';
import type { SiteFacts } from '../../../core/site';
import type { Settings } from './settings';

export const OPERATOR = {
  cpu: '100m',
  memory: '256Mi',
  pods: fixed(1, 'the cluster runs on while it restarts; by its lease a second one would only wait'),
} as const satisfies RoleCompute;

/** The job that makes accounts and tables. */
export const SET_UP = { cpu: '50m', memory: '128Mi', pods: { min: 0, typical: 0, max: 1 } } as const;

/** The role of compute nodes: a StatefulSet of them has one placement. */
export type ComputeRole = 'compute' | 'compute-preferred';

export const computeRole = ({ cloud }: Pick<SiteFacts, 'cloud'>, { compute }: Settings): ComputeRole => {
  const withoutSlots = eitherOf(cloud.capacity).withoutSlots !== undefined;
  return (compute.placement ?? (withoutSlots ? 'spot-preferred' : 'mixed')) === 'mixed'
    ? 'compute'
    : 'compute-preferred';
};

/** What the operator makes pods of. */
export function computeOf(site: Pick<SiteFacts, 'cloud'>, settings: Settings): Record<string, RoleCompute> {
  const { frontends, compute } = settings;
  return {
    frontend: {
      cpu: frontends.cpu,
      memory: frontends.memory,
      pods: fixed(frontends.count, 'a vote needs to know how many there are'),
    },
    [computeRole(site, settings)]: { cpu: compute.cpu, memory: compute.memory, pods: compute.nodes },
  };
}

/** What the namespace may take: everything at its most, and one more of each while it is replaced. */
export function quotaOf(
  site: Pick<SiteFacts, 'cloud'>,
  settings: Settings,
): { cpu: string; memory: string; pods: number } {
  const all: readonly RoleCompute[] = [OPERATOR, SET_UP, ...Object.values(computeOf(site, settings))];
  const sum = (of: 'cpu' | 'memory') =>
    all.reduce((total, each) => total + parseQuantity(each[of]) * (each.pods.max + 1), 0);
  return {
    cpu: millicores(sum('cpu')),
    memory: `${Math.ceil(sum('memory') / 2 ** 30)}Gi`,
    pods: all.reduce((total, { pods }) => total + pods.max + 1, 0),
  };
}
