import type { NamespaceRequest } from '../../../core/namespace';
import { parseQuantity } from '../../../core/quantity';
import { VOTERS } from './names';
import type { StoreSettings } from './settings';

/** Cores and GiB for what the table of pods does not name: Jobs, and a gateway more while they are replaced. */
const SPARE = { cpu: 2, memory: 4, pods: 6 } as const;
const MASTER = { cpu: 0.1, memory: 0.5 } as const;
const GATEWAY = { cpu: 0.5, memory: 2 } as const;

/** What all pods of the store may request together. */
export function quotaOf({ metadata, volumes, gateways }: StoreSettings): NamespaceRequest['quota'] {
  const of = (each: { readonly cpu: number; readonly memory: number }, count: number) => ({
    cpu: each.cpu * count,
    memory: each.memory * count,
  });
  const sized = ({ cpu, memory }: { readonly cpu: string; readonly memory: string }) => ({
    cpu: parseQuantity(cpu),
    memory: parseQuantity(memory) / 2 ** 30,
  });
  const all = [
    of(sized(metadata), VOTERS),
    of(MASTER, VOTERS),
    of(sized(volumes), volumes.count),
    of(GATEWAY, gateways.max),
    SPARE,
  ];
  const sum = (what: 'cpu' | 'memory') => Math.ceil(all.reduce((total, each) => total + each[what], 0));
  return {
    cpu: String(sum('cpu')),
    memory: `${sum('memory')}Gi`,
    pods: 2 * VOTERS + volumes.count + gateways.max + SPARE.pods,
  };
}
