import type { Bucket } from './bucket';
import type { BucketPlan, Tier } from './lifecycle';
import type { JsonValue } from './yaml';

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
  /** Tiers that objects can move to as they age, and whether they are read there as at once as anywhere. */
  readonly tiers: Readonly<Partial<Record<Tier, { readonly readable: boolean }>>>;
  /** What can be brought back: what was overwritten or deleted, or only what was deleted. */
  readonly versions: 'overwritten' | 'deleted';
  /** Why the store refuses a key of the site's own for encryption; undefined where it takes it. */
  keyProblem(key: string): string | undefined;
  /** The buckets in the words of the store's own API, for whoever makes them. */
  describe(plans: readonly BucketPlan[]): JsonValue;
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
