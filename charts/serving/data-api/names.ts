import { versions } from '../../../versions';

/** Its component, namespace, Service and account. */
export const NAME = 'data-api';

export const IMAGE = `cubejs/cube:${versions.cube}`;

/** The user `node` of the image, by number; the image would start as root. */
export const USER = 1000;

/** Where Cube looks for its configuration. */
export const FOLDER = '/cube/conf';

/**
 * `api` is what clients use. On `sql`, Cube answers SQL that comes by `api`; it also listens there for the protocol of
 * PostgreSQL, which no policy opens and where nobody may log in.
 */
export const PORTS = { api: 4000, sql: 15_432 } as const;
