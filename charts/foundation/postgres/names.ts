import { versions } from '../../../versions';

/** Its component, namespace and group of endpoints. */
export const NAME = 'postgres';

/**
 * Labels that the operators give to pods, by role. Instances have theirs in common with the jobs that make them and
 * with no pooler.
 */
export const LABELS = {
  operator: { 'app.kubernetes.io/name': 'cloudnative-pg', 'app.kubernetes.io/instance': 'cloudnative-pg' },
  backup: {
    'app.kubernetes.io/name': 'plugin-barman-cloud',
    'app.kubernetes.io/instance': 'plugin-barman-cloud',
  },
  instance: { 'app.kubernetes.io/name': 'postgresql', 'app.kubernetes.io/component': 'database' },
  pooler: { 'app.kubernetes.io/name': 'postgresql', 'app.kubernetes.io/component': 'pooler' },
} as const;

/** Ports of the pods, which the operator fixes: `status` is what it asks instances on, and they each other. */
export const PORTS = { clients: 5432, status: 8000, metrics: 9187, plugin: 9090, webhook: 9443 } as const;

export const IMAGES = {
  operator: `ghcr.io/cloudnative-pg/cloudnative-pg:${versions.cloudNativePg}`,
  postgres: `ghcr.io/cloudnative-pg/postgresql:${versions.postgres}`,
  pooler: `ghcr.io/cloudnative-pg/pgbouncer:${versions.pgBouncer}`,
  backup: `ghcr.io/cloudnative-pg/plugin-barman-cloud:${versions.barmanCloudPlugin}`,
  /** Beside each instance: it archives what the instance writes. */
  archiver: `ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar:${versions.barmanCloudPlugin}`,
} as const;

/** The plugin by which instances archive, as the operator knows it. */
export const PLUGIN = 'barman-cloud.cloudnative-pg.io';

/** Where backups go. */
export const STORE = 'backups';

/** Secrets of certificates: the one of the servers, and the authority that clients trust, without a key that opens anything. */
export const SECRETS = { server: 'server', authority: 'authority' } as const;

/** The Secret with name and password of a database's role; the operator of databases reads it, its user has a copy. */
export const passwordSecret = (database: string): string => `database-${database}`;

/** What a database and its role are called in SQL, where a dash would want quotes. */
export const sqlName = (database: string): string => database.replaceAll('-', '_');

/** Objects with which data would go: they stay in the cluster when they vanish from dist, until somebody deletes them. */
export const KEPT = { 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false' } as const;
