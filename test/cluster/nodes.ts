import { LOCAL_DISK } from '../../clouds/pools';
import { type NodeSample, SPREAD_LABEL, SPREAD_SLOTS } from '../../core/placement';
import type { Api } from './api';
import type { DistSite } from './site';

/** Machines of a usual size: 16 cores, of which the system keeps a little. */
const MACHINE = {
  capacity: { cpu: '16', memory: '64Gi', pods: '110', 'ephemeral-storage': '200Gi' },
  allocatable: { cpu: '15800m', memory: '60Gi', pods: '110', 'ephemeral-storage': '180Gi' },
} as const;

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

/**
 * Makes nodes of a site as its cloud gives them: of every kind of node that it knows and in every slot of the
 * spread label, so many in each of three zones.
 */
export async function createNodes(site: DistSite, api: Api, perZone: number): Promise<TestNode[]> {
  const { samples } = site.synthesis.model.site.cloud.capacity;
  const made: TestNode[] = [];
  for (const capacity of ['regular', 'spot'] as const) {
    for (const [index, sample] of inAllSlots(samples[capacity], SPREAD_SLOTS[capacity]).entries()) {
      for (const zone of ZONES) {
        for (let count = 0; count < perZone; count++) {
          const node = {
            name: `${capacity}-${index}-${zone}${count}`,
            capacity,
            pool: poolOf(sample, capacity, index),
          };
          await api.create('/api/v1/nodes', nodeOf(site, node, sample, zone));
          made.push(node);
        }
      }
    }
  }
  return made;
}

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

function nodeOf(site: DistSite, { name, capacity }: TestNode, sample: NodeSample, zone: string): object {
  const region = site.synthesis.model.site.cloud.name;
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
    status: MACHINE,
  };
}
