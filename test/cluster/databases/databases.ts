import { readData } from '../controllers/data';
import type { Network } from '../controllers/network';
import type { Scene } from '../proof';
import { DatabaseServer, postgresPrograms } from './server';

const HOME = 'postgres';
/** Names by which components ask for their databases; behind both is the same server here. */
const HOSTS = ['primary.postgres.svc', 'pool.postgres.svc'] as const;
/** Secrets of dist: the authority of the server, and a component's own in its namespace. */
const AUTHORITY = 'authority';
const OWN = 'database';

/**
 * The databases of a site for processes that run as pods: a real server where this machine has one, and the Secrets by
 * which they connect.
 */
export class Databases {
  private constructor(readonly server: DatabaseServer | undefined) {}

  /** Whether the site has databases at all. */
  static areOf({ site }: Scene): boolean {
    return site.components.some(({ name }) => name === HOME);
  }

  /** Starts the server where there is a program, and lets components find it. */
  static async start(scene: Scene, network: Network): Promise<Databases> {
    const programs = postgresPrograms();
    const server = programs ? await DatabaseServer.start(scene, programs, HOSTS) : undefined;
    if (server) {
      for (const host of HOSTS) await network.publish(host, 5432, { host: '127.0.0.1', port: server.port });
    } else {
      scene.say('postgres: without databases, since PATH has no PostgreSQL');
    }
    return new Databases(server);
  }

  /** Starts it in a cluster that has all of dist; without a server, Secrets are there all the same: pods name them. */
  static async open(scene: Scene, network: Network): Promise<Databases> {
    const databases = await Databases.start(scene, network);
    await databases.writeSecrets(scene);
    return databases;
  }

  /** Writes what External Secrets and cert-manager make of it; the cluster has its namespaces and accounts by then. */
  writeSecrets(scene: Scene): Promise<void> {
    return writeSecrets(scene, this.server);
  }

  async stop(): Promise<void> {
    await this.server?.stop();
  }
}

/** What External Secrets and cert-manager make: passwords, the authority, and copies of both for who uses them. */
async function writeSecrets({ cluster, site }: Scene, server: DatabaseServer | undefined): Promise<void> {
  const write = (
    namespace: string,
    name: string,
    stringData: Readonly<Record<string, string>>,
    type = 'Opaque',
  ) =>
    cluster.api.apply(
      `/api/v1/namespaces/${namespace}/secrets/${name}`,
      { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, type, stringData },
      'lakeport-test',
    );
  await write(HOME, AUTHORITY, { 'ca.crt': server?.authority ?? 'nobody' });
  for (const { manifest } of site.objects) {
    const { kind, metadata, spec } = manifest;
    if (kind !== 'ExternalSecret' || metadata.name !== OWN || !metadata.namespace) continue;
    // The CRD holds the shape.
    const { data } = spec as unknown as { readonly data: readonly { remoteRef: { key: string } }[] };
    const original = data[0]?.remoteRef.key ?? '';
    const login = server?.logins.find(({ secret }) => secret === original);
    const keys = { username: login?.user ?? 'nobody', password: login?.password ?? 'none' };
    await write(HOME, original, keys, 'kubernetes.io/basic-auth');
    await copy(metadata.namespace, original);
  }

  /** With the account that dist has for it, which may read these two and nothing else. */
  async function copy(namespace: string, original: string): Promise<void> {
    const api = await cluster.apiOf(namespace, `${OWN}-secrets`);
    const held: Record<string, string> = {};
    for (const name of [original, AUTHORITY]) {
      for (const [key, value] of Object.entries((await readData(api, 'secrets', HOME, name)) ?? {})) {
        held[key] = value.toString('utf8');
      }
    }
    await write(namespace, OWN, held, 'kubernetes.io/basic-auth');
  }
}
