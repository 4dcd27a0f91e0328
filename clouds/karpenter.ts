import type { Construct } from 'constructs';
import { SPREAD_LABEL } from '../core/placement';
import {
  NodePoolSpecDisruptionConsolidationPolicy as Consolidation,
  NodePoolSpecDisruptionBudgetsReasons as DisruptionReason,
  NodePoolSpecTemplateSpecTaintsEffect as Effect,
  NodePool,
  NodePoolSpecLimits,
  NodePoolSpecTemplateSpecRequirementsOperator as Operator,
  type NodePoolSpecTemplateSpecRequirements as Requirement,
} from '../imports/karpenter.sh';
import { type Limit, type Pool, SPOT_TAINT } from './pools';

export interface KarpenterPoolOptions {
  readonly pool: Pool;
  readonly nodeClass: { readonly group: string; readonly kind: string; readonly name: string };
  /** What instances may be, beside their capacity type and slot. */
  readonly requirements: readonly Requirement[];
  readonly limits: Limit;
}

export const isIn = (key: string, ...values: string[]): Requirement => ({
  key,
  operator: Operator.IN,
  values,
});
export const isAbove = (key: string, value: number): Requirement => ({
  key,
  operator: Operator.GT,
  values: [String(value)],
});
/** Any value, but at least so many to choose from. */
export const hasChoice = (key: string, minValues: number): Requirement => ({
  key,
  operator: Operator.EXISTS,
  minValues,
});

/** Karpenter's word for pods that must not be moved. */
export const DO_NOT_DISRUPT = { 'karpenter.sh/do-not-disrupt': 'true' } as const;

/** A Karpenter NodePool for one of the kinds of nodes that every site has. */
export function karpenterPool(scope: Construct, options: KarpenterPoolOptions): NodePool {
  const { pool, nodeClass, requirements, limits } = options;
  return new NodePool(scope, `node-pool-${pool.name}`, {
    metadata: { name: pool.name },
    spec: {
      template: {
        metadata: { labels: { ...pool.labels } },
        spec: {
          nodeClassRef: nodeClass,
          requirements: [
            isIn('karpenter.sh/capacity-type', pool.spot ? 'spot' : 'on-demand'),
            isIn('kubernetes.io/os', 'linux'),
            isIn('kubernetes.io/arch', 'amd64'),
            // Karpenter gives each node one of these values, by what pods spread over.
            isIn(SPREAD_LABEL, ...pool.slots),
            ...requirements,
          ],
          ...(pool.spot ? { taints: [{ ...SPOT_TAINT, effect: Effect.NO_SCHEDULE }] } : {}),
          // Nodes are replaced at least so often, which is how they get a new image; spot nodes seldom live as long.
          expireAfter: pool.spot ? '168h' : '720h',
          // A job that runs when its node expires may run on, but not for ever.
          terminationGracePeriod: pool.spot ? '6h' : '1h',
        },
      },
      disruption: pool.spot
        ? // Executors keep shuffle data: a spot node goes when it is empty, never because it could be fuller.
          {
            consolidationPolicy: Consolidation.WHEN_EMPTY,
            consolidateAfter: '2m',
            budgets: [
              { nodes: '100%', reasons: [DisruptionReason.EMPTY] },
              // A new image makes every node out of date at once, full ones too.
              { nodes: '10%', reasons: [DisruptionReason.DRIFTED] },
            ],
          }
        : {
            consolidationPolicy: Consolidation.WHEN_EMPTY_OR_UNDERUTILIZED,
            consolidateAfter: '15m',
            budgets: [{ nodes: '1' }],
          },
      limits: {
        cpu: NodePoolSpecLimits.fromString(limits.cpu),
        memory: NodePoolSpecLimits.fromString(limits.memory),
      },
      // The local-disk pool costs more: it is taken where a pod asks for the disk.
      weight: pool.localDisk ? 10 : 50,
    },
  });
}
