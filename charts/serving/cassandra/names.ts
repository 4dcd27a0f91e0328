import { versions } from '../../../versions';

/** Its component and namespace. */
export const NAME = 'cassandra';

/** The cluster and its only datacenter; keyspaces name the latter where they say how many copies there are. */
export const CLUSTER = 'lake';
export const DATACENTER = 'dc1';

/** Racks, each in a part of the site that fails by itself, and with a copy of all data. */
export const RACKS = ['r1', 'r2', 'r3'] as const;

const OF = {
  cluster: 'cassandra.datastax.com/cluster',
  datacenter: 'cassandra.datastax.com/datacenter',
  rack: 'cassandra.datastax.com/rack',
} as const;

/** Key of the label by which pods belong to a rack. */
export const RACK_LABEL = OF.rack;

/** Labels that the operator gives to servers. */
export const LABELS = {
  server: { [OF.cluster]: CLUSTER, [OF.datacenter]: DATACENTER },
} as const;

/** Ports of the servers: `cql` for clients, `internode` between them, `management` for the operator. */
export const PORTS = { cql: 9042, internode: 7000, management: 8080, metrics: 9000 } as const;

export const IMAGES = {
  operator: `k8ssandra/cass-operator:v${versions.cassOperator}`,
  server: `k8ssandra/cass-management-api:${versions.cassandra}-ubi`,
  /** Writes the configuration before a server starts. */
  client: `k8ssandra/k8ssandra-client:v${versions.k8ssandraClient}`,
  /** Beside each server: hands on what it logs. */
  logger: `k8ssandra/system-logger:v${versions.cassOperator}`,
  /** Beside each server: takes backups to the object store. */
  backup: `rclone/rclone:${versions.rclone}`,
} as const;

/** The user of the images of servers, to whom the data belong. */
export const USER = 999;
/** The user of the operator's image. */
export const OPERATOR_USER = 65_532;

export const ACCOUNTS = { operator: 'operator', server: 'server', setUp: 'set-up' } as const;

/** Secrets of this namespace. Those of accounts have the keys `username` and `password`. */
export const SECRETS = {
  /** Of who may do everything; the operator makes it. */
  superuser: 'superuser',
  /** Of who loads: may change rows. */
  loader: 'loader',
  /** Of who asks: may read them. Whoever queries has a copy. */
  reader: 'reader',
  /** Certificate of the servers, for clients and for each other. */
  server: 'server',
} as const;

/** Folder of the bucket, in which each server has one of its name. */
export const FOLDER = 'cassandra';
