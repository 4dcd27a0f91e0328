import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';

/** Requests and limits, as text. */
export interface Resources {
  readonly requests?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, string>>;
}

/** An object that is named by its name alone. */
interface Named {
  readonly name: string;
}

interface SecretKey extends Named {
  readonly key: string;
}

/** How a cluster uses a plugin. */
export interface Plugin {
  readonly name: string;
  readonly enabled: boolean;
  readonly isWALArchiver: boolean;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface ClusterSpec {
  readonly instances: number;
  readonly imageName: string;
  readonly imagePullPolicy?: 'IfNotPresent';
  readonly bootstrap:
    | {
        readonly initdb: {
          readonly database: string;
          readonly owner: string;
          readonly encoding: string;
          readonly dataChecksums: boolean;
          readonly localeProvider: 'builtin';
          readonly builtinLocale: string;
          readonly localeCollate: string;
          readonly localeCType: string;
        };
      }
    | {
        readonly recovery: {
          readonly source: string;
          readonly recoveryTarget?: { readonly targetTime: string };
        };
      };
  readonly externalClusters?: readonly { readonly name: string; readonly plugin: Plugin }[];
  readonly postgresql: {
    readonly parameters: Readonly<Record<string, string>>;
    readonly pg_hba: readonly string[];
    readonly synchronous?: {
      readonly method: 'any' | 'first';
      readonly number: number;
      readonly dataDurability: 'required' | 'preferred';
    };
  };
  readonly affinity: {
    readonly enablePodAntiAffinity: boolean;
    readonly podAntiAffinityType: 'required' | 'preferred';
    readonly topologyKey: string;
    readonly nodeAffinity?: k8s.NodeAffinity;
    readonly tolerations?: readonly k8s.Toleration[];
  };
  readonly topologySpreadConstraints?: readonly k8s.TopologySpreadConstraint[];
  readonly resources: Resources;
  readonly priorityClassName?: string;
  readonly storage: {
    readonly size: string;
    readonly storageClass: string;
    readonly resizeInUseVolumes: boolean;
  };
  readonly certificates: { readonly serverTLSSecret: string; readonly serverCASecret: string };
  readonly plugins: readonly Plugin[];
  /** Of its own name. */
  readonly serviceAccountTemplate?: { readonly metadata: { readonly annotations: Readonly<Record<string, string>> } };
  /** What everything that is made of it carries. */
  readonly inheritedMetadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly enablePDB: boolean;
  readonly enableSuperuserAccess: boolean;
  readonly primaryUpdateMethod: 'switchover' | 'restart';
  readonly primaryUpdateStrategy: 'unsupervised' | 'supervised';
}

export interface PoolerSpec {
  readonly cluster: Named;
  readonly type: 'rw' | 'ro' | 'r';
  readonly instances: number;
  readonly pgbouncer: {
    readonly image: string;
    readonly poolMode: 'session' | 'transaction';
    readonly parameters: Readonly<Record<string, string>>;
  };
  readonly template: {
    readonly metadata: { readonly labels: Readonly<Record<string, string>> };
    readonly spec: Pick<k8s.PodSpec, 'affinity' | 'tolerations' | 'topologySpreadConstraints' | 'priorityClassName' | 'enableServiceLinks'> & {
      readonly containers: readonly { readonly name: 'pgbouncer'; readonly resources: Resources }[];
    };
  };
}

export interface DatabaseSpec {
  readonly cluster: Named;
  readonly name: string;
  readonly owner: string;
  /** What becomes of it when the object goes. */
  readonly databaseReclaimPolicy: 'retain' | 'delete';
}

export interface DatabaseRoleSpec {
  readonly cluster: Named;
  readonly name: string;
  readonly login: boolean;
  readonly connectionLimit: number;
  readonly passwordSecret: Named;
  readonly databaseRoleReclaimPolicy: 'retain' | 'delete';
}

export interface ScheduledBackupSpec {
  readonly cluster: Named;
  /** Cron with a field for seconds before the others. */
  readonly schedule: string;
  readonly immediate: boolean;
  readonly method: 'plugin';
  readonly pluginConfiguration: Named;
  readonly backupOwnerReference: 'none' | 'self' | 'cluster';
}

/** Where a plugin keeps backups. Exactly one of the credentials. */
export interface ObjectStoreSpec {
  readonly configuration: {
    readonly destinationPath: string;
    readonly endpointURL?: string;
    readonly s3Credentials?:
      | { readonly inheritFromIAMRole: true }
      | { readonly accessKeyId: SecretKey; readonly secretAccessKey: SecretKey };
    readonly azureCredentials?: { readonly useDefaultAzureCredentials: true };
    readonly googleCredentials?: { readonly gkeEnvironment: true };
    readonly data: { readonly compression: 'gzip' };
    readonly wal: { readonly compression: 'gzip'; readonly maxParallel: number };
  };
  readonly instanceSidecarConfiguration: {
    readonly env?: readonly k8s.EnvVar[];
    readonly logLevel: 'info';
    readonly resources: Resources;
  };
  /** A number and a unit: `30d`. */
  readonly retentionPolicy: string;
}

interface Props<Spec> {
  readonly metadata: ApiObjectMetadata;
  readonly spec: Spec;
}

const API_VERSION = 'postgresql.cnpg.io/v1';

/** Instances of PostgreSQL that hold the same data. */
export class Cluster extends ApiObject {
  constructor(scope: Construct, id: string, props: Props<ClusterSpec>) {
    super(scope, id, { apiVersion: API_VERSION, kind: 'Cluster', ...props });
  }
}

/** PgBouncer before a cluster. */
export class Pooler extends ApiObject {
  constructor(scope: Construct, id: string, props: Props<PoolerSpec>) {
    super(scope, id, { apiVersion: API_VERSION, kind: 'Pooler', ...props });
  }
}

/** A database in a cluster. */
export class Database extends ApiObject {
  constructor(scope: Construct, id: string, props: Props<DatabaseSpec>) {
    super(scope, id, { apiVersion: API_VERSION, kind: 'Database', ...props });
  }
}

/** A role in a cluster, and where its password is. */
export class DatabaseRole extends ApiObject {
  constructor(scope: Construct, id: string, props: Props<DatabaseRoleSpec>) {
    super(scope, id, { apiVersion: API_VERSION, kind: 'DatabaseRole', ...props });
  }
}

/** When full backups are made. */
export class ScheduledBackup extends ApiObject {
  constructor(scope: Construct, id: string, props: Props<ScheduledBackupSpec>) {
    super(scope, id, { apiVersion: API_VERSION, kind: 'ScheduledBackup', ...props });
  }
}

/** Where backups are kept, and what uploads them. */
export class ObjectStore extends ApiObject {
  constructor(scope: Construct, id: string, props: Props<ObjectStoreSpec>) {
    super(scope, id, { apiVersion: 'barmancloud.cnpg.io/v1', kind: 'ObjectStore', ...props });
  }
}
