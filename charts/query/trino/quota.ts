import type { NamespaceRequest } from '../../../core/namespace';
import { parseQuantity } from '../../../core/quantity';
import type { Settings } from './settings';

/** What all nodes request at most, and one more of each while they are replaced. */
export function quotaOf({ coordinator, worker, workers }: Settings): NamespaceRequest['quota'] {
  const count = workers.max + 2;
  const gibi = (quantity: string) => parseQuantity(quantity) / 2 ** 30;
  return {
    cpu: String(Math.ceil(parseQuantity(coordinator.cpu) + count * parseQuantity(worker.cpu))),
    memory: `${Math.ceil(gibi(coordinator.memory) + count * gibi(worker.memory))}Gi`,
    pods: count + 1,
  };
}
