import { isDeepStrictEqual } from 'node:util';
import type { k8s } from 'cdk8s-plus-27';

/**
 * Where a pod runs.
 * - `on-demand`: only on regular nodes.
 * - `spot`: only on spot nodes; must survive losing them.
 * - `spot-preferred`: on spot nodes while there are any, else on regular ones.
 * - mixed: replicas split by a share, see {@link mixed}.
 */
export type Placement = 'on-demand' | 'spot' | 'spot-preferred' | MixedPlacement;

export interface MixedPlacement {
  /** Slots of the spread label on regular nodes and on spot nodes; replicas spread evenly over the slots. */
  readonly regular: number;
  readonly spot: number;
}

/** Node label whose values are the slots that a mixed placement spreads over. */
export const SPREAD_LABEL = 'lakeport.io/spread';
/** Values of {@link SPREAD_LABEL} on regular nodes and on spot nodes. */
export const SPREAD_SLOTS = { regular: ['r0'], spot: ['s0', 's1', 's2', 's3'] } as const;

/**
 * Replicas split so that at least `share` of them run on spot: one slot in n is regular, so 1/2, 2/3, 3/4 and 4/5
 * can be had; the share is rounded up to the next of these.
 * @throws RangeError for a share above 4/5, which leaves no regular replica; use `spot` or `spot-preferred` then
 */
export function mixed(share: number): MixedPlacement {
  if (!(share > 0 && share <= 1)) throw new RangeError(`share ${share} must be above 0 and at most 1`);
  const spot = SPREAD_SLOTS.spot.findIndex((_, index) => (index + 1) / (index + 2) >= share - 1e-9) + 1;
  if (spot === 0)
    throw new RangeError(`share ${share} is above 0.8, the largest that keeps a regular replica`);
  return { regular: 1, spot };
}

/** The share of replicas that a placement guarantees to be on spot nodes: 0 to 1. */
export function spotShare(placement: Placement): number {
  if (typeof placement === 'object') return placement.spot / (placement.regular + placement.spot);
  // Preferred is not pinned: what may fall back to regular nodes is no guarantee.
  return placement === 'spot' ? 1 : 0;
}

/** The name of a placement, as tables and labels show it. */
export const placementName = (placement: Placement): string =>
  typeof placement === 'string'
    ? placement
    : `mixed-${placement.spot}-of-${placement.regular + placement.spot}`;

/** All expressions of one term must match a node. */
export type NodeTerm = readonly k8s.NodeSelectorRequirement[];

/** A node as the scheduler sees it, for checking a pod's placement without a scheduler. */
export interface NodeSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly k8s.Taint[];
}

/** How a cloud tells spot nodes from regular ones. */
export interface Capacity {
  /** Terms of which one must match: a spot node. */
  readonly spot: readonly NodeTerm[];
  /** Terms of which one must match: a regular node. */
  readonly regular: readonly NodeTerm[];
  /** Tolerations of every taint that the cloud or its node pools put on spot nodes. */
  readonly spotTolerations: readonly k8s.Toleration[];
  /** Tolerations of every taint that the cloud's node pools put on regular nodes; mostly none. */
  readonly regularTolerations: readonly k8s.Toleration[];
  /** Nodes as they stand in such a cluster, of each way there is to get one. */
  readonly samples: NodeSamples;
  /** Nodes of their own for pods that may run on both kinds; undefined where such pods name both kinds of the others. */
  readonly either?: Either;
}

export interface NodeSamples {
  readonly spot: readonly NodeSample[];
  readonly regular: readonly NodeSample[];
}

/** Nodes that a pod may use which runs on spot nodes and on regular ones. */
export interface Either {
  /** Terms of which one must match: a node of either kind. */
  readonly terms: readonly NodeTerm[];
  /** Terms of which one must match for it to be a spot node. */
  readonly spot: readonly NodeTerm[];
  readonly samples: NodeSamples;
  /** Why these nodes have no slots, so that replicas cannot be split by a share; undefined where they have. */
  readonly withoutSlots?: string;
}

/** The nodes of a cloud for pods that may run on both kinds. */
export const eitherOf = ({ either, spot, regular, samples }: Capacity): Either =>
  either ?? { terms: [...spot, ...regular], spot, samples };

/** The part of a pod spec that decides which nodes it may run on. */
export interface Scheduling {
  readonly affinity: k8s.Affinity;
  readonly tolerations?: k8s.Toleration[];
  readonly topologySpreadConstraints?: k8s.TopologySpreadConstraint[];
}

const required = (terms: readonly NodeTerm[]): k8s.NodeSelector => ({
  nodeSelectorTerms: terms.map((term) => ({ matchExpressions: [...term] })),
});

const inSlots = (values: readonly string[]): k8s.NodeSelectorRequirement => ({
  key: SPREAD_LABEL,
  operator: 'In',
  values: [...values],
});

/**
 * What a pod spec must carry to be placed so.
 * @throws RangeError where the cloud cannot split replicas by a share
 * @param selector labels of the pods that are spread against each other; needed where replicas are spread
 * @param apart keys of labels by whose values pods of one selector are different workloads, each split on its own
 */
export function scheduling(
  placement: Placement,
  capacity: Capacity,
  selector?: Readonly<Record<string, string>>,
  apart: readonly string[] = [],
): Scheduling {
  if (typeof placement === 'object') return mixedScheduling(placement, capacity, selector ?? {}, apart);
  // Replicas of one workload keep away from each other's zone and node where there is a choice.
  const spread = selector
    ? {
        topologySpreadConstraints: ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map(
          (topologyKey) => ({
            maxSkew: 1,
            topologyKey,
            whenUnsatisfiable: 'ScheduleAnyway',
            labelSelector: { matchLabels: { ...selector } },
          }),
        ),
      }
    : {};
  switch (placement) {
    case 'on-demand':
      return {
        affinity: {
          nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required(capacity.regular) },
        },
        ...(capacity.regularTolerations.length > 0 ? { tolerations: [...capacity.regularTolerations] } : {}),
        ...spread,
      };
    case 'spot':
      return {
        affinity: {
          nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required(capacity.spot) },
        },
        tolerations: [...capacity.spotTolerations],
        ...spread,
      };
    case 'spot-preferred': {
      const { terms, spot } = eitherOf(capacity);
      return {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: required(terms),
            preferredDuringSchedulingIgnoredDuringExecution: spot.map((term) => ({
              weight: 100,
              preference: { matchExpressions: [...term] },
            })),
          },
        },
        tolerations: allTolerations(capacity),
        ...spread,
      };
    }
  }
}

/** Tolerations of the taints of both kinds of nodes, each once. */
function allTolerations({ spotTolerations, regularTolerations }: Capacity): k8s.Toleration[] {
  const all = [...spotTolerations, ...regularTolerations];
  return all.filter((each, index) => all.findIndex((other) => isDeepStrictEqual(each, other)) === index);
}

const slotsOf = ({ regular, spot }: MixedPlacement): readonly string[] => [
  ...SPREAD_SLOTS.regular.slice(0, regular),
  ...SPREAD_SLOTS.spot.slice(0, spot),
];

/** Terms of which one must match a node for a pod that is placed so to run there. */
export function termsOf(placement: Placement, capacity: Capacity): readonly NodeTerm[] {
  if (placement === 'on-demand') return capacity.regular;
  if (placement === 'spot') return capacity.spot;
  const { terms } = eitherOf(capacity);
  if (placement === 'spot-preferred') return terms;
  return terms.map((term) => [...term, inSlots(slotsOf(placement))]);
}

function mixedScheduling(
  placement: MixedPlacement,
  capacity: Capacity,
  selector: Readonly<Record<string, string>>,
  apart: readonly string[],
): Scheduling {
  const { withoutSlots } = eitherOf(capacity);
  if (withoutSlots) {
    throw new RangeError(`pods cannot be placed ${placementName(placement)} here: ${withoutSlots}`);
  }
  const slots = slotsOf(placement);
  const terms = termsOf(placement, capacity);
  return {
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required(terms) } },
    tolerations: allTolerations(capacity),
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        // Slots without a node count as empty, so that the first replicas do not all land on regular nodes
        // before the spot pool has scaled up.
        minDomains: slots.length,
        topologyKey: SPREAD_LABEL,
        whenUnsatisfiable: 'DoNotSchedule',
        labelSelector: { matchLabels: { ...selector } },
        ...(apart.length > 0 ? { matchLabelKeys: [...apart] } : {}),
      },
    ],
  };
}

/** Whether the scheduler could put a pod on a node, as far as node affinity, node selector and taints decide it. */
export function fits(pod: PlacedPod, node: NodeSample): boolean {
  const selected = Object.entries(pod.nodeSelector ?? {}).every(([key, value]) => node.labels[key] === value);
  const terms = pod.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const matched =
    !terms || terms.some((term) => (term.matchExpressions ?? []).every((e) => matches(e, node)));
  const tolerated = node.taints.every((taint) => (pod.tolerations ?? []).some((t) => tolerates(t, taint)));
  return selected && matched && tolerated;
}

/** The fields of a pod spec that {@link fits} reads. */
export type PlacedPod = Pick<k8s.PodSpec, 'affinity' | 'nodeSelector' | 'tolerations'>;

function matches(expression: k8s.NodeSelectorRequirement, node: NodeSample): boolean {
  const value = node.labels[expression.key];
  const values = expression.values ?? [];
  switch (expression.operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}

function tolerates(toleration: k8s.Toleration, taint: k8s.Taint): boolean {
  const effect = !toleration.effect || toleration.effect === taint.effect;
  if (toleration.operator === 'Exists') return effect && (!toleration.key || toleration.key === taint.key);
  return effect && toleration.key === taint.key && (toleration.value ?? '') === (taint.value ?? '');
}
