import type { k8s } from 'cdk8s-plus-27';
import { z } from 'zod';
import { type NodeSample, SPREAD_LABEL, SPREAD_SLOTS } from '../core/placement';
import { bytes, cpu } from '../core/quantity';

/** Node label and taint key of every node pool that lakeport makes or asks for. */
export const CAPACITY = 'lakeport.io/capacity';
/** Label of nodes whose scratch space is a disk of their own. */
export const LOCAL_DISK = 'lakeport.io/local-disk';

/** Keeps everything off spot nodes that does not ask for them. */
export const SPOT_TAINT = { key: CAPACITY, value: 'spot', effect: 'NoSchedule' } as const;

/** Tolerates {@link SPOT_TAINT}. */
export const SPOT_TOLERATION: k8s.Toleration = {
  key: CAPACITY,
  operator: 'Equal',
  value: 'spot',
  effect: 'NoSchedule',
};

/** The Cluster Autoscaler's word for pods that must not be moved; GKE reads it too. */
export const NOT_SAFE_TO_EVICT = { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false' } as const;

/** A kind of node that every site has. */
export interface Pool {
  readonly name: string;
  readonly spot: boolean;
  readonly localDisk: boolean;
  /** Slots of the spread label that its nodes share out among themselves. */
  readonly slots: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

const pool = (name: string, spot: boolean, localDisk: boolean): Pool => ({
  name,
  spot,
  localDisk,
  slots: spot ? SPREAD_SLOTS.spot : SPREAD_SLOTS.regular,
  labels: { [CAPACITY]: spot ? 'spot' : 'regular', ...(localDisk ? { [LOCAL_DISK]: 'true' } : {}) },
});

/** Regular nodes, spot nodes, and spot nodes with a local disk for shuffles and spills. */
export const POOLS: readonly Pool[] = [
  pool('regular', false, false),
  pool('spot', true, false),
  pool('spot-local-disk', true, true),
];

/** Labels that a node of a pool carries in one of its slots. */
export const slotted = ({ labels }: Pool, slot: string): Record<string, string> => ({
  ...labels,
  [SPREAD_LABEL]: slot,
});

/** Every sort of node of the pools of one kind: one for each pool and slot. */
export const sampleNodes = (
  spot: boolean,
  more: Readonly<Record<string, string>> = {},
): readonly NodeSample[] =>
  POOLS.filter((each) => each.spot === spot).flatMap((each) =>
    each.slots.map((slot) => ({
      labels: { ...slotted(each, slot), ...more },
      taints: spot ? [SPOT_TAINT] : [],
    })),
  );

/** The most that the nodes of one pool may add up to. */
export interface Limit {
  readonly cpu: string;
  readonly memory: string;
}

export interface Limits {
  readonly regular: Limit;
  readonly spot: Limit;
}

/** Option: the most that the nodes of each pool may add up to, by kind of pool. */
export const limits = () =>
  z
    .strictObject({
      regular: limit('200', '800Gi'),
      spot: limit('2000', '8000Gi'),
    })
    .prefault({})
    .describe('Most CPU (cores) and memory of all nodes of a pool, so that a mistake has an end');

const limit = (cpus: string, memory: string) =>
  z.strictObject({ cpu: cpu().default(cpus), memory: bytes().default(memory) }).prefault({});
