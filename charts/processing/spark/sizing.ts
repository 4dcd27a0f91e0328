import { mebibytes, millicores, parseQuantity } from '../../../core/quantity';

/**
 * What one operator can do, as its publisher measured: docs/website/performance/benchmarking.md of the Spark operator
 * 2.5.2. With 36 cores, all of them busy, ten threads start 130 jobs a minute; twenty threads, 140 to 155. Memory
 * depends on the threads alone.
 */
export const MEASURED = { perMinute: 130, cores: 36, threads: 10 } as const;

/** Threads at least: a job that fetches its packages must not hold up the one behind it. */
const LEAST_THREADS = 2;

/** Memory of the program itself, and of one spark-submit, which each thread runs. */
const MEMORY = { program: '1Gi', submission: '512Mi' } as const;

/** Calls of the API server for one job: changes of its state, its user interface, events. An estimate, generous. */
const CALLS = 15;
/** The operator's own limit, below which nothing is gained. */
const LEAST_QPS = 20;

/** The size of an operator. */
export interface OperatorSize {
  readonly threads: number;
  /** CPU as a quantity. */
  readonly cpu: string;
  /** Memory that it requests, and that it may use, as quantities. */
  readonly memory: string;
  readonly memoryLimit: string;
  /** Calls of the API server a second, on average and at once. */
  readonly apiQps: number;
  readonly apiBurst: number;
}

/**
 * The operator that starts so many jobs a minute.
 * @param perMinute at most {@link MEASURED}.perMinute
 */
export function operatorSize(perMinute: number): OperatorSize {
  const share = perMinute / MEASURED.perMinute;
  const threads = Math.max(LEAST_THREADS, Math.ceil(share * MEASURED.threads));
  const apiQps = Math.max(LEAST_QPS, Math.ceil((perMinute / 60) * CALLS));
  return {
    threads,
    cpu: millicores(share * MEASURED.cores),
    memory: MEMORY.program,
    memoryLimit: mebibytes(parseQuantity(MEMORY.program) + threads * parseQuantity(MEMORY.submission)),
    apiQps,
    apiBurst: Math.ceil(apiQps * 1.5),
  };
}
