import { versions } from '../../../versions';

/** Its component and namespace. */
export const NAME = 'druid';

/** Names the cluster among others of the same Kubernetes. */
export const CLUSTER = 'lake';

/** Ports of the pods, all with TLS; clients use the first two. Masters know no other port of tasks. */
export const PORTS = { router: 8888, broker: 8082, master: 8081, historical: 8083, task: 8091 } as const;

export const IMAGES = {
  druid: `apache/druid:${versions.druid}`,
  /** Runs what sets Druid up, by its interface; its own image has no program for that. */
  python: `python:${versions.python}-slim`,
} as const;

/** Users of the images. */
export const USERS = { druid: 1000, python: 1000 } as const;

/** ServiceAccounts, by role. */
export const ACCOUNTS = {
  master: 'master',
  broker: 'broker',
  historical: 'historical',
  router: 'router',
  task: 'task',
  'set-up': 'set-up',
} as const;

/** Secrets of this namespace. Those of people and programs have the keys `username` and `password`. */
export const SECRETS = {
  /** Of who may do everything. */
  admin: 'admin',
  /** By which servers and tasks believe each other. */
  internal: 'internal',
  /** Of who asks: may read every table. Whoever queries has a copy. */
  reader: 'reader',
  /** Certificate of everything here, and the password of its keystore. */
  server: 'server',
  keystore: 'keystore',
  /** Where the metadata are. */
  database: 'database',
  /** The user by which topics are read, with the authority of the brokers. */
  kafka: 'kafka',
} as const;

/** The user of Kafka that reads the topic of the example. */
export const KAFKA_USER = 'druid';

/** Folders of the bucket with segments and with logs of tasks. */
export const FOLDERS = { segments: 'druid/segments', logs: 'druid/indexing-logs' } as const;

/** Days for which logs of tasks stay. */
export const LOG_DAYS = 30;
