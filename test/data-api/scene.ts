import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePorts } from '../cluster/ports';
import { until } from '../cluster/wait';
import { Cube, environment } from './cube';
import { Issuer } from './issuer';
import { Postgres } from './postgres';

/** Makes the table that a serving database has of the presentation layer, and a user who may read it. */
const SCHEMA = `
  create database marts;
  \\connect marts
  create role api login password 'PASSWORD';
  create schema lake;
  create table lake.trips_hourly (
    zone int, hour int, trips bigint, revenue numeric(20,2), mean_duration_s double precision,
    mean_speed_kmh double precision, pickup_date date
  );
  grant usage on schema lake to api;
  grant select on lake.trips_hourly to api;
`;

const LOAD = '/cubejs-api/v1/load';

/** Cube over a PostgreSQL that stands for the serving database, and an issuer whose tokens it takes. */
export class Scene {
  private constructor(
    private readonly folder: string,
    readonly issuer: Issuer,
    readonly postgres: Postgres,
    readonly cube: Cube,
  ) {}

  /** @param rows SQL that fills `lake.trips_hourly` */
  static async start(rows: string): Promise<Scene> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lakeport-data-api-'));
    const begun: { stop(): Promise<void> }[] = [];
    const begin = async <Started extends { stop(): Promise<void> }>(start: Promise<Started>) => {
      const started = await start;
      begun.unshift(started);
      return started;
    };
    try {
      const { CUBEJS_JWT_ISSUER, CUBEJS_JWT_AUDIENCE } = environment();
      const issuer = await begin(
        Issuer.start({ issuer: CUBEJS_JWT_ISSUER ?? '', audience: CUBEJS_JWT_AUDIENCE ?? '' }),
      );
      const postgres = await begin(Postgres.start(folder, 'localhost'));
      const password = randomBytes(20).toString('hex');
      await postgres.sql(SCHEMA.replace('PASSWORD', password));
      await postgres.sql(rows, 'marts');
      const [port = 0, sqlPort = 0] = await freePorts(2);
      const source = (prefix: string) => ({
        [`${prefix}_DB_HOST`]: 'localhost',
        [`${prefix}_DB_PORT`]: String(postgres.port),
        [`${prefix}_DB_USER`]: 'api',
        [`${prefix}_DB_PASS`]: password,
        [`${prefix}_DB_SSL_CA`]: postgres.authority,
      });
      const cube = await begin(
        Cube.start(folder, port, {
          ...source('CUBEJS'),
          ...source('CUBEJS_DS_POSTGRES'),
          CUBEJS_JWK_URL: issuer.jwks,
          CUBEJS_PG_SQL_PORT: String(sqlPort),
        }),
      );
      return new Scene(folder, issuer, postgres, cube);
    } catch (error) {
      await end(folder, begun);
      throw error;
    }
  }

  /** The rows of an answer, once they are there. */
  async rowsOf(token: string, query: object): Promise<readonly unknown[]> {
    return until<readonly unknown[]>(
      'an answer',
      async () => {
        const { status, body } = await this.load(token, query);
        if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
        return body.error === 'Continue wait' ? undefined : (body.data as readonly unknown[]);
      },
      { timeoutMs: 30_000 },
    );
  }

  load(token: string | undefined, query: object) {
    return this.cube.ask(LOAD, token, { query });
  }

  stop(): Promise<void> {
    return end(this.folder, [this.cube, this.postgres, this.issuer]);
  }
}

async function end(folder: string, programs: readonly { stop(): Promise<void> }[]): Promise<void> {
  await Promise.allSettled(programs.map((each) => each.stop()));
  fs.rmSync(folder, { recursive: true, force: true });
}
