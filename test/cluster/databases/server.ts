import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Service } from '../cluster';
import { Authority } from '../pki';
import { freePorts } from '../ports';
import type { Scene } from '../proof';
import { run } from '../shell';
import type { DistObject } from '../site';
import { until } from '../wait';

/** Folder of the programs of a real PostgreSQL; undefined where PATH has none. */
export function postgresPrograms(): string | undefined {
  const needed = ['postgres', 'initdb', 'psql'];
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    const server = path.join(folder, 'postgres');
    if (!folder || !fs.existsSync(server)) continue;
    // Where a distribution has links, the others are beside the program and not beside the link.
    const real = path.dirname(fs.realpathSync(server));
    if (needed.every((name) => fs.existsSync(path.join(real, name)))) return real;
  }
  return undefined;
}

/** PostgreSQL refuses to run as root; here it is nobody, to whom the files of this process belong. */
const AS_NOBODY = ['unshare', '--user', '--map-user=65534', '--map-group=65534', '--'] as const;

/** What a cluster of dist says of its server, as far as it is done here; the CRD holds the shape. */
interface ClusterSpec {
  readonly postgresql: {
    readonly parameters: Readonly<Record<string, string>>;
    readonly pg_hba: readonly string[];
  };
}

interface RoleSpec {
  readonly name: string;
  readonly connectionLimit: number;
  readonly passwordSecret: { readonly name: string };
}

interface DatabaseSpec {
  readonly name: string;
  readonly owner: string;
}

/** A role, and the Secret in which its password is. */
export interface Login {
  readonly user: string;
  readonly password: string;
  readonly secret: string;
}

/**
 * A real PostgreSQL as the operator would start it: with the parameters and the access rules of dist, its roles and
 * databases, and a certificate for the names by which it is asked for. One instance, without poolers or replicas.
 */
export class DatabaseServer {
  private constructor(
    readonly port: number,
    readonly logins: readonly Login[],
    /** The authority of its certificate, as PEM. */
    readonly authority: string,
    private readonly service: Service,
    private readonly sql: (text: string, database?: string) => Promise<string>,
  ) {}

  /**
   * @param programs folder of `postgres`, `initdb` and `psql`
   * @param hosts names in its certificate
   */
  static async start(scene: Scene, programs: string, hosts: readonly string[]): Promise<DatabaseServer> {
    const folder = path.join(scene.cluster.folder, 'postgres');
    const data = path.join(folder, 'data');
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const pki = new Authority(path.join(folder, 'pki'));
    const identity = pki.issue('server', { name: 'postgres', hosts });
    const asNobody = (program: string, args: readonly string[]): Promise<string> => {
      const [first, ...rest] = [...AS_NOBODY, path.join(programs, program)];
      return run(first, [...rest, ...args]);
    };
    await asNobody('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N']);
    const [port = 0] = await freePorts(1);
    const { parameters, pg_hba: access } = specOf<ClusterSpec>(onlyOne(scene, 'Cluster')).postgresql;
    const settings = {
      ...parameters,
      listen_addresses: '127.0.0.1',
      port: String(port),
      unix_socket_directories: folder,
      ssl: 'on',
      ssl_cert_file: identity.cert,
      ssl_key_file: identity.key,
      log_connections: 'on',
      // Nothing of it outlives the proof.
      fsync: 'off',
    };
    fs.appendFileSync(
      path.join(data, 'postgresql.conf'),
      Object.entries(settings)
        .map(([key, value]) => `${key} = '${value}'\n`)
        .join(''),
    );
    fs.writeFileSync(
      path.join(data, 'pg_hba.conf'),
      `${['local all postgres trust', ...access].join('\n')}\n`,
    );
    const [first, ...rest] = [...AS_NOBODY, path.join(programs, 'postgres'), '-D', data];
    const service = scene.cluster.run('postgres', first, rest);
    const sql = (text: string, database = 'postgres') =>
      run(
        path.join(programs, 'psql'),
        ['-h', folder, '-p', String(port), '-U', 'postgres', '-d', database, '-v', 'ON_ERROR_STOP=1', '-qAt'],
        { input: text, env: { ...process.env, PGCONNECT_TIMEOUT: '5' } },
      );
    await until('start of PostgreSQL', async () => (await sql('select 1')).trim() === '1', {
      timeoutMs: 60_000,
      state: () => fs.readFileSync(service.log, 'utf8').trim().split('\n').slice(-3).join('\n'),
    });
    const logins = await makeDatabases(scene, sql);
    return new DatabaseServer(port, logins, fs.readFileSync(pki.cert, 'utf8'), service, sql);
  }

  /** What a query answers, as the administrator: rows by line. */
  async ask(database: string, query: string): Promise<readonly string[]> {
    return (await this.sql(query, database)).split('\n').filter(Boolean);
  }

  stop(): Promise<void> {
    return this.service.stop();
  }
}

// The CRD holds the shape.
const specOf = <Spec>({ manifest }: DistObject): Spec => manifest.spec as unknown as Spec;

const ofDatabases = ({ site }: Scene, kind: string): DistObject[] =>
  site.objects.filter(
    ({ manifest }) => manifest.kind === kind && manifest.apiVersion.startsWith('postgresql.cnpg.io/'),
  );

function onlyOne(scene: Scene, kind: string): DistObject {
  const [found, ...others] = ofDatabases(scene, kind);
  if (!found || others.length > 0) throw new Error(`dist has not just one ${kind} of databases`);
  return found;
}

/** What the operator does of the roles and databases of dist. */
async function makeDatabases(scene: Scene, sql: (text: string) => Promise<string>): Promise<Login[]> {
  const logins: Login[] = [];
  for (const role of ofDatabases(scene, 'DatabaseRole')) {
    const { name: user, connectionLimit, passwordSecret } = specOf<RoleSpec>(role);
    const password = randomBytes(20).toString('hex');
    await sql(`CREATE ROLE "${user}" LOGIN CONNECTION LIMIT ${connectionLimit} PASSWORD '${password}'`);
    logins.push({ user, password, secret: passwordSecret.name });
  }
  for (const database of ofDatabases(scene, 'Database')) {
    const { name, owner } = specOf<DatabaseSpec>(database);
    await sql(`CREATE DATABASE "${name}" OWNER "${owner}"`);
  }
  return logins;
}
