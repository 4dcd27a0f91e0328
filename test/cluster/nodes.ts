import { LOCAL_DISK } from '../../clouds/pools';
import { type Capacity, type NodeSample, SPREAD_LABEL, SPREAD_SLOTS } from '../../core/placement';
import type { Site } from '../../core/site';
import type { Api } from './api';

/** What a machine has, and what of it is left for pods. */
export interface Machine {
  readonly cpu: number;
  /** GiB. */
  readonly memory: number;
  readonly pods: number;
}

/** Of a usual size; the system keeps a little. */
const MACHINE: Machine = { cpu: 16, memory: 64, pods: 110 };

const ZONES = ['a', 'b', 'c'] as const;

/** Annotation that tells which sample a node was made from; labels would change what pods may ask for. */
const CAPACITY = 'test.lakeport.io/capacity';

export type CapacityName = 'spot' | 'regular';

export interface TestNode {
  readonly name: string;
  readonly capacity: CapacityName;
  /** Pool and slot, as reports name it. */
  readonly pool: string;
}

export interface NodeOptions {
  /** How many of each kind of node and slot in each of three zones. */
  readonly perZone: Readonly<Record<CapacityName, number>>;
  readonly machine?: Machine;
  /** Before every name, to tell sets apart. */
  readonly prefix?: string;
}

/**
 * Makes nodes of a site as its cloud gives them: of every kind of node that it knows and in every slot of the
 * spread label, in three zones.
 */
export async function createNodes(
  site: Pick<Site, 'cloud'>,
  api: Api,
  { perZone, machine = MACHINE, prefix = '' }: NodeOptions,
): Promise<TestNode[]> {
  const made: TestNode[] = [];
  for (const capacity of ['regular', 'spot'] as const) {
    const kinds = kindsOfNodes(site.cloud.capacity, capacity);
    for (const [index, sample] of kinds.entries()) {
      for (const zone of ZONES) {
        for (let count = 0; count < perZone[capacity]; count++) {
          const name = `${prefix}${capacity}-${index}-${zone}${count}`;
          const node = { name, capacity, pool: poolOf(sample, capacity, index) };
          await api.create('/api/v1/nodes', nodeOf(site.cloud.name, node, sample, zone, machine));
          made.push(node);
        }
      }
    }
  }
  return made;
}

/** How many kinds of node and slots a cloud has. */
export const kindsOf = ({ cloud }: Pick<Site, 'cloud'>, capacity: CapacityName): number =>
  kindsOfNodes(cloud.capacity, capacity).length;

const kindsOfNodes = ({ samples, either }: Capacity, name: CapacityName): NodeSample[] => [
  ...inAllSlots(samples[name], SPREAD_SLOTS[name]),
  ...(either ? either.samples[name] : []),
];

/** Where a cloud's nodes take any slot, its sample shows one of them; where each slot is a kind of node, it shows all. */
function inAllSlots(samples: readonly NodeSample[], slots: readonly string[]): NodeSample[] {
  const shown = new Set(samples.flatMap(({ labels }) => labels[SPREAD_LABEL] ?? []));
  if (shown.size >= slots.length) return [...samples];
  return samples.flatMap((sample) =>
    SPREAD_LABEL in sample.labels
      ? slots.map((slot) => ({ ...sample, labels: { ...sample.labels, [SPREAD_LABEL]: slot } }))
      : [sample],
  );
}

const poolOf = ({ labels }: NodeSample, capacity: CapacityName, index: number): string => {
  const slot = labels[SPREAD_LABEL];
  const pool = labels[LOCAL_DISK] ? `${capacity}-local-disk` : capacity;
  return slot ? `${pool} ${slot}` : `${pool} (managed ${index})`;
};

function nodeOf(
  region: string,
  { name, capacity }: TestNode,
  sample: NodeSample,
  zone: string,
  { cpu, memory, pods }: Machine,
): object {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: { [CAPACITY]: capacity },
      labels: {
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/os': 'linux',
        'kubernetes.io/hostname': name,
        'topology.kubernetes.io/region': region,
        'topology.kubernetes.io/zone': `${region}-${zone}`,
        ...sample.labels,
      },
    },
    spec: { taints: sample.taints },
    status: {
      capacity: { cpu: `${cpu}`, memory: `${memory}Gi`, pods: `${pods}`, 'ephemeral-storage': '400Gi' },
      allocatable: {
        cpu: `${cpu * 1000 - 200}m`,
        memory: `${memory - 4}Gi`,
        pods: `${pods}`,
        'ephemeral-storage': '380Gi',
      },
    },
  };
}
