import type { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import { InputError } from '../../../core/problem';
import type { Mount } from '../../../core/workload';
import { databaseIfOn, databaseTrust } from '../../foundation/postgres';
import { ARCHIVE_DAYS, type Settings } from './settings';

/** Connections that one pod opens at most, and those that it keeps. */
export const CONNECTIONS = { most: 10, kept: 5 } as const;

/** Two controllers and two servers, each with a pool of its own. */
const PODS = 4;

/** The database of finished workflows. */
export interface Archive {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** Secret with the keys username and password. */
  readonly secret: string;
  /** Days after which a workflow is deleted. */
  readonly days: number;
  /** Whether the certificate of the server is checked, and what pods need for that; else it is only asked for. */
  readonly trust?: { readonly env: readonly k8s.EnvVar[]; readonly mounts: readonly Mount[] };
}

/**
 * Where finished workflows are kept; undefined where they are not.
 * @throws InputError where an archive is asked for and there is no server
 */
export function archiveOf(chart: ComponentChart, { archive }: Settings): Archive | undefined {
  if (archive === false) return undefined;
  const [controller, server] = [chart.pods('controller'), chart.pods('server')];
  const days = archive?.days ?? ARCHIVE_DAYS;
  if (archive?.server) {
    const { cidrs, ...given } = archive.server;
    for (const pods of [controller, server]) {
      chart.reach(pods, { name: 'archive', cidrs, ports: [given.port] });
    }
    return { ...given, days };
  }
  const found = databaseIfOn(chart, {
    name: chart.component,
    pods: [controller, server],
    // Its driver prepares each statement and runs it in a second step, which may not meet another connection.
    sessions: CONNECTIONS.most * PODS,
  });
  if (!found) {
    if (!archive) return undefined;
    const message = 'there is no database: the component postgres is off, and no server outside is named';
    const remedy = 'turn postgres on, or name a server: archive: { server: { host: "…", cidrs: ["…"] } }';
    throw new InputError([{ field: 'archive', found: archive, message, remedy }]);
  }
  const { env, mount } = databaseTrust(found);
  return {
    host: found.host,
    port: found.port,
    database: found.name,
    secret: found.secret.name,
    days,
    trust: { env: Object.entries(env).map(([name, value]) => ({ name, value })), mounts: [mount] },
  };
}
