import { parseQuantity } from '../../../core/quantity';

/** Share of a container that is heap; jvm.config says the same in percent. */
export const HEAP = 0.8;

/** Share of the heap that the server keeps for what it does not count. Its own default, and written down all the same. */
const HEADROOM = 0.3;

/** Memory of a node as the server divides it, in bytes. */
export interface NodeMemory {
  readonly headroom: number;
  /** What all queries together have on the node. */
  readonly queries: number;
  /** What one query takes of it at most. */
  readonly query: number;
  /** What a task is taken to need before anything is known of it: so four of them run at once. */
  readonly task: number;
}

/**
 * @param memory of the container, as a quantity
 * @param query most that one query takes; half of what there is by default
 */
export function nodeMemory(memory: string, query?: string): NodeMemory {
  const heap = parseQuantity(memory) * HEAP;
  const headroom = heap * HEADROOM;
  const queries = heap - headroom;
  return { headroom, queries, query: query ? parseQuantity(query) : queries / 2, task: queries / 4 };
}
