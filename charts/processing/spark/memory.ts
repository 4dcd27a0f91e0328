import { mebibytes, parseQuantity } from '../../../core/quantity';

/** Share of the heap that a Python program needs beside it: Spark's own default for what is not Java. */
export const OVERHEAD_FACTOR = 0.4;

/** The least memory beside the heap, in bytes: Spark's own default. */
const LEAST_OVERHEAD = 384 * 2 ** 20;

/** Memory of a driver or an executor, from its heap. */
export interface PodMemory {
  /** The heap as Java writes it: `8192m`. */
  readonly heap: string;
  /** What the pod requests, in bytes. */
  readonly bytes: number;
  /** The same as Kubernetes writes it: `11469Mi`. */
  readonly request: string;
}

/** @param heap a Kubernetes quantity such as `8Gi` */
export function podMemory(heap: string): PodMemory {
  const mebi = Math.ceil(parseQuantity(heap) / 2 ** 20);
  // Spark counts in whole MiB and rounds down.
  const overhead = Math.max(Math.floor(mebi * OVERHEAD_FACTOR), LEAST_OVERHEAD / 2 ** 20);
  const bytes = (mebi + overhead) * 2 ** 20;
  return { heap: `${mebi}m`, bytes, request: mebibytes(bytes) };
}
