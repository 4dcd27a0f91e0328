import { createHmac, generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { load } from 'js-yaml';
import { versions } from '../../versions';
import { until } from '../cluster/wait';
import { type Answer, type Cube, image, openApi, PACKAGES } from './cube';
import type { Issuer } from './issuer';
import type { Postgres } from './postgres';
import { Scene } from './scene';

jest.setTimeout(180_000);

/** What the Spark example presents: a zone with two hours, one of the same teams, and one of nobody's. */
const ROWS = `
  insert into lake.trips_hourly values
    (1, 7, 10, 100.50, 600, 20, '2026-01-05'), (1, 8, 5, 50.00, 300, 20, '2026-01-05'),
    (2, 7, 7, 70.00, 500, 30, '2026-01-06'), (40, 7, 3, 33.00, 500, 30, '2026-01-06');
`;

const TRIPS = { dimensions: ['trips.zone'], measures: ['trips.trips'], order: { 'trips.zone': 'asc' } };
const LOAD = '/cubejs-api/v1/load';

let scene: Scene;
let issuer: Issuer;
let postgres: Postgres;
let cube: Cube;

const analyst = (more = {}) => issuer.token({ sub: 'an-analyst', groups: ['analytics'], ...more });
const steward = (more = {}) => issuer.token({ sub: 'a-steward', groups: ['data-stewards'], ...more });

const rowsOf = (token: string, query: object) => scene.rowsOf(token, query);

beforeAll(async () => {
  scene = await Scene.start(ROWS);
  ({ issuer, postgres, cube } = scene);
}, 240_000);

afterAll(() => scene?.stop());

test('the programs are of the version of the image', () => {
  const { version } = JSON.parse(
    fs.readFileSync(path.join(PACKAGES, '@cubejs-backend/server/package.json'), 'utf8'),
  );
  expect(`v${version}`).toBe(versions.cube);
  expect(image()).toBe(`cubejs/cube:${versions.cube}`);
});

describe('who is let in', () => {
  const refused = async (token: string | undefined) => {
    const { status, body } = await cube.ask(LOAD, token, { query: TRIPS });
    expect({ status, hasRows: 'data' in body }).toEqual({ status: 403, hasRows: false });
    return body.error;
  };

  test('a token of the issuer is', async () => {
    expect(await rowsOf(analyst(), TRIPS)).toEqual([
      { 'trips.zone': 1, 'trips.trips': '15' },
      { 'trips.zone': 2, 'trips.trips': '7' },
    ]);
    expect(issuer.asked).toBeGreaterThan(0);
  });

  test.each<[string, () => string | undefined]>([
    ['no token', () => undefined],
    ['what is no token', () => 'abc'],
    ['one that has run out', () => analyst({ exp: Math.floor(Date.now() / 1000) - 10 })],
    ['one that holds later', () => analyst({ nbf: Math.floor(Date.now() / 1000) + 600 })],
    ['one for another audience', () => analyst({ aud: 'kafka' })],
    ['one for no audience', () => analyst({ aud: undefined })],
    ['one of another issuer', () => analyst({ iss: 'https://elsewhere.example.com' })],
    [
      'one that somebody else has signed',
      () =>
        issuer.token(
          { groups: ['analytics'] },
          generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
        ),
    ],
    ['one of an unknown key', () => issuer.token({ groups: ['analytics'] }, undefined, { kid: 'two' })],
    [
      'one without a signature',
      () =>
        `${analyst()
          .split('.')
          .slice(0, 2)
          .join('.')
          .replace(/^[^.]+/, Buffer.from('{"alg":"none","kid":"one"}').toString('base64url'))}.`,
    ],
    [
      'one for which the public key served as a secret',
      () => {
        const [, body] = analyst().split('.');
        const head = Buffer.from('{"alg":"HS256","kid":"one"}').toString('base64url');
        const signature = createHmac('sha256', issuer.publicPem)
          .update(`${head}.${body}`)
          .digest('base64url');
        return `${head}.${body}.${signature}`;
      },
    ],
  ])('%s is not', async (_, token) => {
    await refused(token());
  });

  test('who is in no team and has no role is not, whatever the token says beside', async () => {
    const claims = {
      groups: ['strangers'],
      lake: { roles: ['steward'], teams: ['analytics'] },
      roles: ['steward'],
    };
    expect(await refused(issuer.token({ sub: 'a-stranger', ...claims }))).toMatch(/no team/);
    expect(await refused(issuer.token({ sub: 'a-text', groups: 'analytics' }))).toMatch(/no team/);
  });
});

describe('what they see', () => {
  test('rows of other teams are hidden, in rows and in sums', async () => {
    expect(await rowsOf(analyst(), { measures: ['trips.trips'] })).toEqual([{ 'trips.trips': '22' }]);
    expect(await rowsOf(steward(), { measures: ['trips.trips'] })).toEqual([{ 'trips.trips': '25' }]);
    const zone = (values: string[]) => ({
      ...TRIPS,
      filters: [{ member: 'trips.zone', operator: 'equals', values }],
    });
    expect(await rowsOf(analyst(), zone(['40']))).toEqual([]);
    expect(await rowsOf(steward(), zone(['40']))).toEqual([{ 'trips.zone': 40, 'trips.trips': '3' }]);
    const or = [
      { member: 'trips.zone', operator: 'equals', values: ['40'] },
      { member: 'trips.zone', operator: 'notEquals', values: ['40'] },
    ];
    expect(await rowsOf(analyst(), { measures: ['trips.trips'], filters: [{ or }] })).toEqual([
      { 'trips.trips': '22' },
    ]);
  });

  test('one user never gets what was kept for another', async () => {
    const query = { measures: ['trips.trips'], dimensions: ['trips.hour'], order: { 'trips.hour': 'asc' } };
    const [first] = await rowsOf(steward(), query);
    const [second] = await rowsOf(analyst(), query);
    expect([first, second]).toEqual([
      { 'trips.hour': 7, 'trips.trips': '20' },
      { 'trips.hour': 7, 'trips.trips': '17' },
    ]);
  });

  test('a team without rows of its own gets none', async () => {
    const token = issuer.token({ sub: 'a-scientist', groups: ['science'] });
    const { status, body } = await cube.ask(LOAD, token, { query: TRIPS });
    expect({ status, hasRows: 'data' in body }).toEqual({ status: 400, hasRows: false });
  });

  test('what a policy excludes is not answered, and not named', async () => {
    expect(await rowsOf(analyst(), { measures: ['trips.revenue'] })).toEqual([{ 'trips.revenue': null }]);
    expect(await rowsOf(steward(), { measures: ['trips.revenue'] })).toEqual([{ 'trips.revenue': '253.50' }]);
    const named = async (token: string) =>
      JSON.stringify((await cube.ask('/cubejs-api/v1/meta', token)).body);
    expect(await named(steward())).toContain('trips.revenue');
    expect(await named(analyst())).not.toContain('trips.revenue');
    expect(await named(analyst())).not.toContain('trips_by_hour"');
  });

  test('a cube is refused, and so is what is not there', async () => {
    const ask = async (member: string) =>
      (await cube.ask(LOAD, steward(), { query: { measures: [member] } })).body;
    expect(await ask('trips_by_hour.revenue')).toEqual({ error: 'there is no view trips_by_hour' });
    expect(await ask('nothing.at_all')).toEqual({ error: 'there is no view nothing' });
  });

  test('days and means are right', async () => {
    const query = {
      measures: ['trips.trips', 'trips.mean_duration_s'],
      timeDimensions: [
        { dimension: 'trips.pickup_date', granularity: 'day', dateRange: ['2026-01-05', '2026-01-06'] },
      ],
    };
    expect(await rowsOf(analyst(), query)).toEqual([
      {
        'trips.pickup_date.day': '2026-01-05T00:00:00.000',
        'trips.trips': '15',
        'trips.mean_duration_s': 500,
      },
      {
        'trips.pickup_date.day': '2026-01-06T00:00:00.000',
        'trips.trips': '7',
        'trips.mean_duration_s': 500,
      },
    ]);
  });
});

describe('what cannot be asked', () => {
  const expression = {
    expressionName: 'x',
    name: 'x',
    cubeName: 'trips',
    expression: ['trips', 'return `1`'],
    definition: '{}',
  };

  test.each<[string, object]>([
    ['an expression', { measures: [expression] }],
    ['an expression as text', { dimensions: [JSON.stringify(expression)] }],
    [
      'SQL of a join',
      { ...TRIPS, subqueryJoins: [{ sql: 'select 1', on: expression, joinType: 'INNER', alias: 'a' }] },
    ],
    ['another mask', { ...TRIPS, maskedMembers: [] }],
    ['nothing', [null]],
  ])('%s', async (_, query) => {
    const before = postgres.statements.length;
    const { status, body } = await cube.ask(LOAD, steward(), { query });
    expect({ status, hasRows: 'data' in body }).toEqual({ status: 400, hasRows: false });
    expect(postgres.statements.slice(before).filter((line) => /trips_hourly/.test(line))).toEqual([]);
  });

  test.each([
    '/playground',
    '/cubejs-api/v1/sql',
    '/cubejs-api/v1/dry-run',
    '/cubejs-api/graphql',
    '/cubejs-api/v1/subscribe',
    '/cubejs-system/v1/context',
    '/cubejs-api/v1/pre-aggregations/jobs',
  ])('the way %s is closed', async (way) => {
    for (const body of [undefined, { query: TRIPS }]) {
      const answer = await cube.ask(way, steward({ sub: 'a-wanderer' }), body);
      expect(answer.status).toBe(404);
    }
  });
});

test('answers are kept: the source is asked once', async () => {
  const query = { measures: ['trips.trips'], dimensions: ['trips.hour', 'trips.zone'] };
  await rowsOf(analyst(), query);
  const before = postgres.statements.filter((line) => /trips_hourly/.test(line)).length;
  for (let time = 0; time < 5; time++) await rowsOf(analyst(), query);
  expect(postgres.statements.filter((line) => /trips_hourly/.test(line)).length).toBe(before);
  expect(before).toBeGreaterThan(0);
});

test('the source is asked over TLS alone', async () => {
  const rows = await postgres.sql(
    "select distinct ssl from pg_stat_ssl join pg_stat_activity using (pid) where usename = 'api'",
  );
  expect(rows.trim()).toBe('t');
});

test('who asks too often waits, and others do not', async () => {
  const token = analyst({ sub: 'a-hurried-one' });
  const answers: Answer[] = [];
  for (let time = 0; time < 80; time++) answers.push(await cube.ask('/cubejs-api/v1/meta', token));
  const statuses = new Set(answers.map(({ status }) => status));
  expect([...statuses].sort()).toEqual([200, 429]);
  expect(answers.find(({ status }) => status === 429)?.body).toEqual({
    error: 'Too many requests; try again in a few seconds',
  });
  expect((await cube.ask('/cubejs-api/v1/meta', steward())).status).toBe(200);
  await until(
    'that there is room again',
    async () => (await cube.ask('/cubejs-api/v1/meta', token)).status === 200,
    {
      timeoutMs: 20_000,
    },
  );
});

describe('its description', () => {
  // Packages of the test, which this project does not depend on.
  const from = (name: string) => require(path.join(PACKAGES, name));

  test('is valid OpenAPI', async () => {
    const { validate } = from('@readme/openapi-parser');
    const result = await validate(load(openApi()));
    expect(result).toMatchObject({ valid: true });
  });

  test('holds for what is asked and answered', async () => {
    const { default: Ajv } = from('ajv/dist/2020.js');
    const { default: formats } = from('ajv-formats');
    const ajv = new Ajv({ strict: false });
    formats(ajv);
    ajv.addSchema(load(openApi()), 'api');
    const holds = (name: string, value: unknown) => {
      const check = ajv.getSchema(`api#/components/schemas/${name}`);
      if (!check(value)) throw new Error(`${name}: ${JSON.stringify(check.errors)}`);
    };
    const query = {
      ...TRIPS,
      filters: [{ and: [{ member: 'trips.hour', operator: 'gt', values: ['6'] }] }],
      limit: 2,
      total: true,
    };
    holds('Query', query);
    const answer = await cube.ask(LOAD, steward(), { query });
    holds('Answer', answer.body);
    holds('Meta', (await cube.ask('/cubejs-api/v1/meta', steward())).body);
    holds('Error', (await cube.ask(LOAD, undefined, { query })).body);
    expect(() => holds('Query', { ...TRIPS, subqueryJoins: [] })).toThrow();
    const byUrl = await cube.ask(`${LOAD}?query=${encodeURIComponent(JSON.stringify(query))}`, steward());
    expect(byUrl.body.data).toEqual(answer.body.data);
  });
});

test('nothing that it has said holds a token or a claim that it does not need', async () => {
  const token = analyst({ email: 'somebody@example.com' });
  await cube.ask(LOAD, token, { query: { measures: ['trips.wrong'] } });
  const said = cube.program.said();
  expect(said).not.toContain('somebody@example.com');
  expect(said).not.toContain(token.split('.')[2]);
});

test('it ends by itself when it is told to', async () => {
  await cube.program.stop('SIGTERM', 25);
  expect(cube.program.exit).toBe(0);
});
