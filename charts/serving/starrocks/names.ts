import { versions } from '../../../versions';

/** Its component and namespace. */
export const NAME = 'starrocks';

/** The cluster; what the operator makes is called after it. */
export const CLUSTER = 'lake';

/**
 * Labels by which the operator finds pods, by role. It sets them itself, and selectors of its StatefulSets have them.
 */
export const LABELS = {
  operator: { app: 'kube-starrocks-operator' },
  frontend: { 'app.starrocks.ownerreference/name': `${CLUSTER}-fe`, 'app.kubernetes.io/component': 'fe' },
  compute: { 'app.starrocks.ownerreference/name': `${CLUSTER}-cn`, 'app.kubernetes.io/component': 'cn' },
  'compute-preferred': {
    'app.starrocks.ownerreference/name': `${CLUSTER}-cn`,
    'app.kubernetes.io/component': 'cn',
    'lakeport.io/nodes': 'spot-preferred',
  },
} as const;

/**
 * Ports of frontends (`sql` and `http` for clients, `rpc` for nodes, `log` between them, `meta` for where tablets are)
 * and of compute nodes.
 */
export const PORTS = {
  sql: 9030,
  http: 8030,
  rpc: 9020,
  log: 9010,
  meta: 6090,
  heartbeat: 9050,
  thrift: 9060,
  brpc: 8060,
  web: 8040,
  starlet: 9070,
} as const;

export const IMAGES = {
  operator: `starrocks/operator:v${versions.starRocksOperator}`,
  frontend: `starrocks/fe-ubuntu:${versions.starRocks}`,
  compute: `starrocks/cn-ubuntu:${versions.starRocks}`,
} as const;

/** The user of the images, as the operator sets it. */
export const USER = 1000;

/** ServiceAccounts; the object store knows the first two. */
export const ACCOUNTS = {
  frontend: 'frontend',
  compute: 'compute',
  operator: 'operator',
  setUp: 'set-up',
} as const;

/** Secrets of this namespace. Those of accounts have the keys `username` and `password`. */
export const SECRETS = {
  /** Of who may do everything. */
  root: 'root',
  /** Of who loads: may write tables of the database `lake`. */
  loader: 'loader',
  /** Of who asks: may read them. Whoever queries has a copy. */
  reader: 'reader',
  /** Certificate of the frontends, and the password of its keystore. */
  server: 'server',
  keystore: 'keystore',
  /** Key of the storage account, where the cloud has no identity that the programs can use. */
  storage: 'storage-key',
  /** The user by which topics are read, with the authority of the brokers. */
  kafka: 'kafka',
} as const;

/** The user of Kafka that reads the topic of the example. */
export const KAFKA_USER = 'starrocks';

/** Where tables lie in the bucket. */
export const FOLDER = 'starrocks';
