import type { Bucket } from '../../../core/bucket';

/** Buckets in which tables lie that Trino reads and writes. Who of its users may, its own rules say. */
export const TABLE_BUCKETS: readonly Bucket[] = ['raw', 'curated', 'presentation', 'warehouse'];
