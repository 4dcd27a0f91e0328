/** Its component and namespace; also the Service of clients. */
export const NAME = 'trino';

/** Ports of every node: `https` for clients and other nodes, `http` for probes, metrics and nothing else. */
export const PORTS = { http: 8080, https: 8443 } as const;

/** The Deployment of the coordinator, and the Service by whose name workers find its address. */
export const COORDINATOR = 'trino-coordinator';

/** Account of the coordinator and of workers: what one may read of tables, the other reads. */
export const ACCOUNT = 'trino';

/** The user of the image, by number. */
export const USER = 1000;

/** As whom probes, metrics and the shutdown of a worker come in; no certificate and no token has this name. */
export const MANAGEMENT_USER = 'lakeport-management';

/** Where each thing is mounted. */
export const PATHS = {
  /** What the server reads first. */
  etc: '/etc/trino',
  catalogs: '/etc/trino-catalogs',
  rules: '/etc/trino-rules',
  tls: '/etc/trino-tls',
  database: '/etc/trino-database',
  kafka: '/etc/trino-kafka',
  topics: '/etc/trino-topics',
  scripts: '/etc/trino-scripts',
  data: '/data/trino',
  cache: '/var/trino/cache',
  spill: '/var/trino/spill',
} as const;

/** Name of the ServiceAccount's Secret with what is generated in the cluster, and its keys with their variables. */
export const SECRET = {
  name: 'trino',
  /** What nodes believe each other by, and what they make the certificates of. */
  internal: { key: 'internal', variable: 'INTERNAL_SECRET' },
  /** Password of the keystore that the certificate of the coordinator comes in. */
  keystore: { key: 'keystore', variable: 'KEYSTORE_PASSWORD' },
} as const;

/** The certificate of the coordinator. */
export const CERTIFICATE = 'trino-tls';

/** The secret of the client at the issuer, which people keep in the store of secrets. */
export const CLIENT_SECRET = {
  name: 'trino-oidc',
  key: 'clientSecret',
  variable: 'OIDC_CLIENT_SECRET',
} as const;

/** Name of the Secret with the certificate of a team, in the team's namespace: tls.crt, tls.key and ca.crt. */
export const TEAM_SECRET = 'trino';

/** The user that jobs of a team are: the name in the certificate. */
export const teamUser = (team: string): string => `team-${team}`;
