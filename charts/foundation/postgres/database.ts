import type { ComponentChart, PodSet } from '../../../core/chart';
import type { Address } from '../../../core/endpoint';
import type { Mount } from '../../../core/workload';
import { copiedSecret } from '../secrets';
import { pool, primary } from './endpoints';
import { NAME, passwordSecret, SECRETS, sqlName } from './names';

export interface DatabaseProps {
  /** kebab-case; mostly the component's own name. */
  readonly name: string;
  /** Pods that connect, all of one namespace. */
  readonly pods: readonly [PodSet, ...PodSet[]];
  /** The Secret that they connect with, in their namespace. Default: `database`. */
  readonly secret?: string;
  /**
   * Connections that all pods together keep open, where they keep something in a session: prepared statements without
   * a name, locks, settings. Default: none, so that they share those of the poolers, each for one transaction.
   */
  readonly sessions?: number;
}

/** How a database is reached. TLS is asked for, and a password. */
export interface DatabaseAccess extends Address {
  /** Name of the database and of the role. */
  readonly name: string;
  /** Keys of the Secret; `ca` is the authority of the server's certificate. */
  readonly secret: {
    readonly name: string;
    readonly username: 'username';
    readonly password: 'password';
    readonly ca: 'ca.crt';
  };
}

const KEYS = { username: 'username', password: 'password', ca: 'ca.crt' } as const;

/**
 * A database of the component's own, with a role that may open no other, and the Secret by which pods connect: of the
 * type `kubernetes.io/basic-auth`, with the authority of the server beside name and password.
 */
export function database(chart: ComponentChart, props: DatabaseProps): DatabaseAccess {
  const { name, pods, secret = 'database', sessions } = props;
  chart.recorded.databases.push({ name, ...(sessions === undefined ? {} : { connections: sessions }) });
  copiedSecret(chart, {
    name: secret,
    namespace: pods[0].namespace,
    type: 'kubernetes.io/basic-auth',
    from: {
      namespace: NAME,
      secrets: [
        { name: passwordSecret(name), keys: [KEYS.username, KEYS.password] },
        { name: SECRETS.authority, keys: [KEYS.ca] },
      ],
    },
  });
  const address = chart.connect(sessions === undefined ? pool : primary, ...pods);
  return { ...address, name: sqlName(name), secret: { name: secret, ...KEYS } };
}

/** The same where the site has databases; else nothing is recorded, and there is none. */
export const databaseIfOn = (chart: ComponentChart, props: DatabaseProps): DatabaseAccess | undefined =>
  chart.site.isOn(NAME) ? database(chart, props) : undefined;

/** Where programs find the authority of the server. */
const FOLDER = '/etc/database';

/** What clients with libpq or in its manner are told by their environment: to believe no server but ours. */
export const databaseTrust = ({ secret }: DatabaseAccess): { env: Record<string, string>; mount: Mount } => ({
  env: { PGSSLMODE: 'verify-full', PGSSLROOTCERT: `${FOLDER}/${secret.ca}` },
  mount: {
    name: 'database',
    path: FOLDER,
    source: { secret: { secretName: secret.name, items: [{ key: secret.ca, path: secret.ca }] } },
  },
});
