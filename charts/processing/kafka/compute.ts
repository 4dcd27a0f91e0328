import type { ComponentChart, RoleCompute } from '../../../core/chart';
import { millicores, parseQuantity } from '../../../core/quantity';
import { fixed } from '../../../core/scale';
import type { Resources } from '../../../imports/strimzi';
import type { Settings } from './settings';

/** Roles whose pods the operator makes, or that are made of its chart. */
export type OperatorRole =
  | 'operator'
  | 'controller'
  | 'broker'
  | 'entity-operator'
  | 'cruise-control'
  | 'exporter'
  | 'connect';

/** One of the two operators in a pod for topics and users. */
export const ENTITY_OPERATOR = { cpu: '100m', memory: '384Mi' } as const;
export const SCHEMA_REGISTRY = {
  cpu: '100m',
  memory: '384Mi',
  pods: fixed(2, 'clients keep the schemas that they have seen; the second is there when a node goes'),
} as const;

/** With one broker there is nothing to move, and Cruise Control refuses to start. */
export const canRebalance = ({ brokers }: Settings): boolean => brokers.count > 1;

/** What runs, by role; what is not part of the site is not in it. */
export function computeOf(settings: Settings): Partial<Record<OperatorRole, RoleCompute>> {
  const { controllers, brokers, connect } = settings;
  return {
    operator: { cpu: '200m', memory: '512Mi', pods: fixed(2, 'one leads, the other takes over') },
    controller: {
      cpu: controllers.cpu,
      memory: controllers.memory,
      pods: fixed(controllers.count, 'a vote needs to know how many there are'),
    },
    broker: {
      cpu: brokers.cpu,
      memory: brokers.memory,
      pods: fixed(brokers.count, 'a broker that comes or goes moves its share of all messages'),
    },
    'entity-operator': {
      cpu: '200m',
      memory: '768Mi',
      pods: fixed(1, 'topics and users wait while it restarts'),
    },
    ...(canRebalance(settings)
      ? {
          'cruise-control': {
            cpu: '250m',
            memory: '1Gi',
            pods: fixed(1, 'moves wait while it restarts'),
          } as const,
        }
      : {}),
    exporter: { cpu: '50m', memory: '128Mi', pods: fixed(1, 'it tells what the brokers know') },
    ...(connect ? { connect: { cpu: connect.cpu, memory: connect.memory, pods: connect.workers } } : {}),
  };
}

/** As the operator's objects write it. CPU has no limit: it would throttle while the node idles. */
export const resources = ({ cpu, memory }: Pick<RoleCompute, 'cpu' | 'memory'>): Resources => ({
  requests: { cpu, memory },
  limits: { memory },
});

/** Declares what no object of the chart shows. */
export function declareCompute(chart: ComponentChart, settings: Settings): void {
  // What the operator itself takes is declared with its chart.
  const { operator: _, ...others } = computeOf(settings);
  chart.demandByRole(others);
}

/** What the namespace may take: everything at its most, and a quarter more while pods are replaced. */
export function quotaOf(settings: Settings): { cpu: string; memory: string; pods: number } {
  const all = [...Object.values(computeOf(settings)), SCHEMA_REGISTRY];
  const sum = (of: 'cpu' | 'memory') =>
    all.reduce((total, each) => total + parseQuantity(each[of]) * each.pods.max, 0);
  return {
    cpu: millicores(sum('cpu') * 1.25),
    memory: `${Math.ceil((sum('memory') * 1.25) / 2 ** 30)}Gi`,
    pods: all.reduce((total, { pods }) => total + pods.max, 0) + 8,
  };
}
