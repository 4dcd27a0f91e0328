import { groups } from '../../charts';
import type { Recorded } from '../../core/chart';
import type { Synthesis } from '../../core/synth';

/** A folder of charts/. */
export type Layer = keyof typeof groups;

export const layers = Object.keys(groups) as Layer[];

/** The layer of each component, by its name. */
export const layerOf: ReadonlyMap<string, Layer> = new Map(
  layers.flatMap((layer) => groups[layer].map(({ name }): [string, Layer] => [name, layer])),
);

/** What one component has to do with another on any site. */
export interface Connection {
  readonly from: string;
  readonly to: string;
  /** Roles and ports that it connects to, or buckets; empty where the other has to be there, and nothing connects to it. */
  readonly labels: readonly string[];
}

const STORE = 'object-store';

/** Every connection between two components on any of the sites, as they have recorded it. */
export function connectionsOf(sites: Iterable<Synthesis>): Connection[] {
  const all = new Map<string, { from: string; to: string; labels: Set<string> }>();
  const add = (from: string, to: string, labels: readonly string[]) => {
    if (from === to) return;
    const key = `${from} ${to}`;
    const known = all.get(key) ?? { from, to, labels: new Set() };
    for (const label of labels) known.labels.add(label);
    all.set(key, known);
  };
  for (const { model } of sites) {
    for (const [component, recorded] of model.recorded) {
      for (const needed of recorded.needs) add(component, needed, []);
      for (const { from, to, ports } of recorded.flows) {
        // Of a store its buckets say more than its port, and they are there in clouds too.
        add(from.component, to.component, to.component === STORE ? [] : [`${to.role} ${span(ports)}`]);
      }
      const buckets = bucketsOf(recorded);
      if (buckets.length > 0) add(component, STORE, buckets);
    }
  }
  return [...all.values()].map((each) => ({ ...each, labels: [...each.labels].sort() }));
}

/** «7078–7085» of many ports in a row. */
function span(ports: readonly number[]): string {
  const sorted = [...new Set(ports)].sort((a, b) => a - b);
  const [first = 0] = sorted;
  const last = sorted.at(-1) ?? 0;
  return sorted.length > 2 && last - first === sorted.length - 1 ? `${first}–${last}` : sorted.join(', ');
}

/** What it reads and what it writes. */
const bucketsOf = ({ grants }: Recorded): string[] =>
  grants.map(({ access, bucket }) => `${access === 'read' ? 'reads' : 'writes'} ${bucket}`);
