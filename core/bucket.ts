/**
 * What a bucket is for. Charts name buckets by purpose; the overlay and the cloud decide what they are called.
 * - `raw`, `curated`, `presentation`: the layers of the lake
 * - `warehouse`: tables whose place a catalog chooses
 * - `deep-storage`: what databases keep outside their nodes, such as segments
 * - `artifacts`: what workflow steps hand on, their logs, and programs of jobs
 * - `event-logs`: event logs of Spark, and nothing else: the history server reads all that is there
 * - `logs`: logs of programs
 * - `backups`: what a restore begins with
 * - `notebooks`: what people keep of their work in notebooks
 * - `scratch`: shuffle blocks saved from spot nodes; expires after days
 * - `access-logs`: who read and wrote the other buckets; written by the store itself
 */
export const BUCKETS = [
  'raw',
  'curated',
  'presentation',
  'warehouse',
  'deep-storage',
  'artifacts',
  'event-logs',
  'logs',
  'backups',
  'notebooks',
  'scratch',
  'access-logs',
] as const;
export type Bucket = (typeof BUCKETS)[number];
