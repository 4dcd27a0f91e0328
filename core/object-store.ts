/**
 * What a bucket is for. Charts name buckets by purpose; the overlay and the cloud decide what they are called.
 * - `raw`, `curated`, `presentation`: the layers of the lake
 * - `artifacts`: what workflow steps hand on, and their logs
 * - `logs`: event logs of Spark
 * - `scratch`: shuffle blocks saved from spot nodes; expires after days
 * - `backups`: what databases are restored from
 */
export const BUCKETS = ['raw', 'curated', 'presentation', 'artifacts', 'logs', 'scratch', 'backups'] as const;
export type Bucket = (typeof BUCKETS)[number];

export type Access = 'read' | 'write' | 'read-write';

/** What a client must know to speak to the store, by protocol. */
export type ObjectStoreClient =
  | {
      readonly protocol: 's3';
      /** Host and port without scheme, for example `s3.eu-central-1.amazonaws.com`. */
      readonly endpoint: string;
      readonly region: string;
      readonly tls: boolean;
      /** Path-style addressing (`host/bucket/key`), which stores outside AWS want. */
      readonly pathStyle: boolean;
    }
  | { readonly protocol: 'azure'; readonly account: string; readonly endpoint: string }
  | { readonly protocol: 'gcs'; readonly project: string };

/** An object store as a cloud gives it. */
export interface ObjectStore {
  readonly client: ObjectStoreClient;
  /** URI that Hadoop clients (Spark, Hive, Trino) read: `s3a://…`, `abfss://…`, `gs://…`. */
  uri(bucketName: string, path?: string): string;
  /** Hadoop settings (`fs.…`) of the connector; credentials come with a grant. */
  readonly hadoop: Readonly<Record<string, string>>;
  /** Why the cloud refuses a bucket name; undefined where it takes it. */
  bucketProblem(bucketName: string): string | undefined;
  /** The pods of a store inside the cluster, in the namespace of their component; undefined where it lies outside. */
  readonly inCluster?:
    | { readonly component: string; readonly role: string; readonly port: number }
    | undefined;
}

/** Permission of the pods of one ServiceAccount on one bucket. */
export interface Grant {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly bucket: Bucket;
  readonly access: Access;
}
