import fs from 'node:fs';
import path from 'node:path';
import { postgresPrograms } from '../cluster/databases/server';
import { Authority } from '../cluster/pki';
import { freePorts } from '../cluster/ports';
import { run } from '../cluster/shell';
import { until } from '../cluster/wait';
import { Program } from './process';

/** PostgreSQL refuses to run as root; here it is nobody, to whom the files of this process belong. */
const AS_NOBODY = ['unshare', '--user', '--map-user=65534', '--map-group=65534', '--'] as const;

/** A real PostgreSQL on loopback, which takes no password without TLS. */
export class Postgres {
  private constructor(
    readonly port: number,
    /** File with the authority of its certificate, as PEM. */
    readonly authority: string,
    private readonly folder: string,
    private readonly programs: string,
    private readonly program: Program,
  ) {}

  /** @param host name in its certificate */
  static async start(folder: string, host: string): Promise<Postgres> {
    const programs = postgresPrograms();
    if (!programs) throw new Error('PATH has no PostgreSQL');
    const data = path.join(folder, 'data');
    const pki = new Authority(path.join(folder, 'pki'));
    const { cert, key } = pki.issue('server', { name: 'postgres', hosts: [host] });
    const [first, ...rest] = AS_NOBODY;
    await run(first, [
      ...rest,
      path.join(programs, 'initdb'),
      '-D',
      data,
      '-U',
      'postgres',
      '-A',
      'trust',
      '-N',
    ]);
    const [port = 0] = await freePorts(1);
    const settings = {
      listen_addresses: '127.0.0.1',
      port: String(port),
      unix_socket_directories: folder,
      ssl: 'on',
      ssl_cert_file: cert,
      ssl_key_file: key,
      log_statement: 'all',
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'\n`);
    fs.appendFileSync(path.join(data, 'postgresql.conf'), lines.join(''));
    fs.writeFileSync(
      path.join(data, 'pg_hba.conf'),
      'local all postgres trust\nhostssl all all all scram-sha-256\n',
    );
    const program = new Program(
      first,
      [...rest, path.join(programs, 'postgres'), '-D', data],
      path.join(folder, 'postgres.log'),
    );
    const server = new Postgres(port, pki.cert, folder, programs, program);
    await until('start of PostgreSQL', async () => (await server.sql('select 1')).trim() === '1', {
      timeoutMs: 60_000,
      state: () => program.said(),
    });
    return server;
  }

  /** What statements answer, as the administrator. */
  sql(text: string, database = 'postgres'): Promise<string> {
    const args = ['-h', this.folder, '-p', String(this.port), '-U', 'postgres', '-d', database];
    return run(path.join(this.programs, 'psql'), [...args, '-v', 'ON_ERROR_STOP=1', '-qAt'], { input: text });
  }

  /** Statements that clients have sent. */
  get statements(): readonly string[] {
    return this.program
      .said()
      .split('\n')
      .filter((line) => /execute|statement/.test(line));
  }

  stop(): Promise<void> {
    return this.program.stop('SIGINT');
  }
}
