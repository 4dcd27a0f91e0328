import type { Settings } from '../../charts';
import { checkedModels, modelFiles } from '../../charts/serving/data-api/models';
import { loadOverlay } from '../../cli/overlays';
import { extendOverlay, type Overlay } from '../../core/overlay';
import type { PodSpec } from '../../core/pods';
import { InputError, type Problem } from '../../core/problem';
import { render, synthesize } from '../../core/synth';
import { program } from '../../program';
import { sitesWith } from '../support/sites';

// JavaScript, as Cube reads it.
const { accessOf, groupsOf } = require('../../charts/serving/data-api/cube/access.js');
const { Limiter } = require('../../charts/serving/data-api/cube/limit.js');
const { refusalOf } = require('../../charts/serving/data-api/cube/question.js');

const NAMES = ['namespaces', 'node-pools', 'secrets', 'data-api'] as const;
const sites = sitesWith(...NAMES);

const others = Object.fromEntries(
  program.platform.components
    .filter(({ name, indispensable }) => !indispensable && !(NAMES as readonly string[]).includes(name))
    .map(({ name }) => [name, false]),
);

const problemsOf = (act: () => unknown): readonly Problem[] => {
  try {
    act();
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
};

const problemsWith = (change: Settings['data-api'], base = 'aws') => {
  // What is no overlay is refused by those who render it.
  const overlay = loadOverlay(program.root, base, (file) => require(file)) as Overlay;
  return problemsOf(() =>
    render(
      'site',
      extendOverlay(overlay, { serving: undefined, components: { ...others, 'data-api': change } }),
      program.platform,
    ),
  );
};

const told = (problems: readonly Problem[]) =>
  problems.map(({ field, message }) => `${field ?? ''}: ${message}`);

describe('every site', () => {
  test.each([...sites])('%s keeps instances apart from each other, and none is single', (_, { model }) => {
    const ofKind = (kind: string) =>
      model.entries
        .map(({ manifest }) => manifest)
        .filter((each) => each.kind === kind && each.metadata.namespace === 'data-api');
    expect(ofKind('HorizontalPodAutoscaler')).toMatchObject([{ spec: { minReplicas: 3, maxReplicas: 12 } }]);
    expect(ofKind('PodDisruptionBudget')).toHaveLength(1);
    expect(ofKind('PersistentVolumeClaim')).toEqual([]);
    expect(ofKind('Service')).toMatchObject([
      { metadata: { name: 'data-api' }, spec: { ports: [{ port: 4000 }], sessionAffinity: 'ClientIP' } },
    ]);
  });

  test.each([...sites])(
    '%s opens one port of the instances, and no way but to issuer and source',
    (_, { model }) => {
      const ways = model.entries
        .map(({ manifest }) => manifest)
        .filter(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.namespace === 'data-api')
        .map(({ metadata }) => metadata.name)
        .sort();
      expect(ways).toEqual([
        'allow-dns',
        'data-api-api-to-issuer',
        'data-api-api-to-postgres',
        'default-deny',
      ]);
    },
  );
});

describe('databases of the site as sources', () => {
  // What is no overlay is refused by those who render it.
  const overlay = loadOverlay(program.root, 'aws', (file) => require(file)) as Overlay;
  const site = synthesize(
    'site',
    extendOverlay(overlay, {
      components: {
        starrocks: {},
        druid: {},
        'data-api': { default: 'druid', trino: { team: 'analytics' } },
      },
    }),
    program.platform,
  );
  const [pod] = site.model.entries
    .map(({ manifest }) => manifest)
    .filter(({ kind, metadata }) => kind === 'Deployment' && metadata.namespace === 'data-api')
    // The API server holds the shape.
    .map(({ spec }) => (spec as unknown as { template: { spec: PodSpec } }).template.spec);
  const env = Object.fromEntries(
    (pod?.containers[0]?.env ?? []).map(({ name, value, valueFrom }) => [name, value ?? valueFrom]),
  );

  test('each has a name, and one is the default', () => {
    expect(env).toMatchObject({
      CUBEJS_DATASOURCES: 'default,starrocks,druid,postgres,trino',
      CUBEJS_DB_TYPE: 'druid',
      CUBEJS_DB_URL: 'https://broker.druid.svc:8082',
      CUBEJS_DS_DRUID_DB_TYPE: 'druid',
      CUBEJS_DS_STARROCKS_DB_TYPE: 'mysql',
      CUBEJS_DS_STARROCKS_DB_HOST: 'sql.starrocks.svc',
      CUBEJS_DS_STARROCKS_DB_SSL_REJECT_UNAUTHORIZED: 'true',
      CUBEJS_DS_STARROCKS_DB_USER: { secretKeyRef: { name: 'starrocks-reader', key: 'username' } },
      CUBEJS_DS_POSTGRES_DB_HOST: 'marts.example.com',
      CUBEJS_DS_TRINO_DB_HOST: 'trino.trino.svc',
      CUBEJS_DS_TRINO_DB_USER: 'team-analytics',
      NODE_EXTRA_CA_CERTS: '/etc/authority/ca.crt',
    });
  });

  test('their ways are open, and they come first', () => {
    const ways = site.model.entries
      .map(({ manifest }) => manifest)
      .filter(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.namespace === 'data-api')
      .map(({ metadata }) => metadata.name);
    expect(ways).toEqual(
      expect.arrayContaining(['starrocks', 'druid', 'trino'].map((name) => expect.stringContaining(name))),
    );
  });
});

describe('what is refused', () => {
  test('a site without an issuer', () => {
    expect(told(problemsWith({ oidc: undefined }))).toEqual(['oidc: is missing: nobody could be let in']);
  });

  test('a site without a source', () => {
    expect(problemsWith({ postgres: undefined })).toMatchObject(
      [{ message: 'has nothing to read from: every source is off', remedy: /postgres/ }].map((each) => ({
        message: each.message,
        remedy: expect.stringMatching(each.remedy),
      })),
    );
  });

  test('Trino where it is off, and as a team that is none', () => {
    expect(told(problemsWith({ trino: { team: 'analytics' } }))).toEqual([
      'trino: names a source that is off',
    ]);
    expect(told(problemsWith({ trino: { team: 'sales' } }))).toEqual(['trino.team: there is no such team']);
    expect(told(problemsWith({ default: 'trino' }))).toEqual(['default: is a source that is off']);
  });

  test('teams that are none, and what could be one name twice', () => {
    expect(told(problemsWith({ groups: { sales: 'x' }, rows: { sales: { zone: [1] } } }))).toEqual([
      'groups.sales: there is no such team',
      'rows.sales: there is no such team',
    ]);
    expect(told(problemsWith({ roles: { member: ['x'] } }))[0]).toMatch(
      /^roles.member: is no name of a role/,
    );
    expect(told(problemsWith({ roles: { 'team-science': ['x'] } }))[0]).toMatch(/is no name of a role/);
    expect(told(problemsWith({ rows: { science: { 'Zone!': [1] } } }))[0]).toMatch(
      /is no name of an attribute/,
    );
  });

  test('a single instance', () => {
    expect(told(problemsWith({ replicas: { min: 1, typical: 1, max: 2 } }))).toEqual([
      'replicas: begins below 2',
    ]);
  });
});

describe('models', () => {
  const policy =
    'access_policy: [{ group: member, member_level: { includes: "*" }, row_level: { allow_all: true } }]';
  const closed =
    'access_policy: [{ group: "*", member_level: { includes: [] }, row_level: { allow_all: true } }]';
  const problems = (text: string) =>
    told(problemsOf(() => checkedModels({ 'model/a.yml': text }, ['postgres'])));

  test('those of the repository say who may see what', () => {
    expect(checkedModels(modelFiles(), ['postgres'])).toEqual({
      views: { trips: ['member', 'steward'] },
      sources: ['default'],
    });
  });

  test('a view or a cube without a policy is refused: everybody would see it', () => {
    expect(problems('views: [{ name: a }]')[0]).toMatch(/model\/a.yml: does not say who may see what/);
    expect(problems('cubes: [{ name: a, sql_table: b, public: false }]')[0]).toMatch(/does not say who/);
    expect(problems('views: [{ name: a, access_policy: [] }]')[0]).toMatch(/does not say who/);
    expect(problems('views: [{ name: a, access_policy: [{ group: member }] }]')[0]).toMatch(
      /does not say who/,
    );
  });

  test('a cube that shows members past its views is refused', () => {
    expect(problems(`cubes: [{ name: a, ${policy} }]`)[0]).toMatch(/a cube whose policy shows members/);
    expect(problems(`cubes: [{ name: a, ${closed} }]`)).toEqual([]);
  });

  test('a source that is off is refused', () => {
    expect(problems(`cubes: [{ name: a, data_source: trino, ${closed} }]`)).toEqual([
      'model/a.yml: is the source of cube a, and it is off',
    ]);
    expect(problems(`cubes: [{ name: a, data_source: postgres, ${closed} }]`)).toEqual([]);
  });
});

describe('access', () => {
  const values = {
    teams: [
      { name: 'analytics', group: 'lake-analytics', rows: { zone: [1, 2] } },
      { name: 'science', group: 'science', rows: { zone: [2, 3], site: ['a'] } },
      { name: 'ingestion', group: 'ingestion', rows: {} },
    ],
    roles: [{ name: 'steward', groups: ['data-stewards'] }],
  };
  const access = (groups: unknown) => accessOf(values, { sub: 'one', groups });

  test('follows from groups of the issuer', () => {
    expect(access(['lake-analytics', 'science'])).toEqual({
      user: 'one',
      teams: ['analytics', 'science'],
      roles: [],
      rows: { zone: [1, 2, 3], site: ['a'] },
    });
    expect(access(['ingestion'])).toMatchObject({ teams: ['ingestion'], rows: { zone: [], site: [] } });
    // The name of the team is not its group here.
    expect(access(['analytics'])).toMatchObject({ teams: [] });
    for (const groups of [undefined, 'science', null, { science: true }])
      expect(access(groups)).toMatchObject({ teams: [] });
  });

  test('is the same when it is asked for again', () => {
    const first = access(['science', 'data-stewards']);
    expect(accessOf(values, { sub: first.user, groups: ['science', 'data-stewards'] })).toEqual(first);
    expect(groupsOf(first)).toEqual(['member', 'team-science', 'steward']);
    expect(groupsOf(access(['data-stewards']))).toEqual(['steward']);
  });
});

describe('questions', () => {
  const views = { trips: ['member'], money: ['finance'], all: ['*'] };
  const load = (query: unknown, method = 'POST') =>
    refusalOf(
      views,
      { method, path: '/cubejs-api/v1/load', query: { query }, body: method === 'POST' ? { query } : {} },
      ['member'],
    )?.status;

  test.each([
    { measures: ['trips.a'], dimensions: ['all.b'], timeDimensions: [{ dimension: 'trips.c' }] },
    JSON.stringify({ measures: ['trips.a'] }),
    [{ measures: ['trips.a'] }, { measures: ['all.a'] }],
    { filters: [{ or: [{ member: 'trips.a' }, { and: [{ dimension: 'trips.b' }] }] }] },
  ])('%j may be asked', (query) => {
    expect(load(query)).toBeUndefined();
    expect(load(query, 'GET')).toBeUndefined();
  });

  test.each<[number, unknown]>([
    [403, { measures: ['money.a'] }],
    [403, { measures: ['trips.a'], filters: [{ or: [{ and: [{ member: 'money.a' }] }] }] }],
    [403, { segments: ['money.a'] }],
    [403, { timeDimensions: [{ dimension: 'money.a' }] }],
    [403, [{ measures: ['trips.a'] }, { measures: ['money.a'] }]],
    [403, JSON.stringify({ measures: ['money.a'] })],
    [403, { measures: ['constructor.a'] }],
    [400, { measures: [{ cubeName: 'trips', expression: ['a'] }] }],
    [400, { measures: ['{"cubeName":"trips"}'] }],
    [400, { measures: ['trips.a'], subqueryJoins: [] }],
    [400, { measures: ['trips.a'], maskedMembers: [] }],
    [400, '{'],
    [400, null],
    [400, { measures: 5 }],
  ])('%i: %j', (status, query) => {
    expect(load(query)).toBe(status);
  });

  test('only described ways are open', () => {
    const way = (path: string, method = 'GET') =>
      refusalOf(views, { method, path, query: {}, body: {} }, ['member'])?.status;
    expect([way('/cubejs-api/v1/meta'), way('/cubejs-api/v1/cubesql', 'POST')]).toEqual([
      undefined,
      undefined,
    ]);
    expect([way('/cubejs-api/v1/sql'), way('/cubejs-api/v1/meta', 'POST'), way('toString')]).toEqual([
      404, 404, 404,
    ]);
  });
});

test('the limiter gives each user a burst, fills it again, and forgets the oldest', () => {
  let now = 0;
  const limiter = new Limiter({ perMinute: 60, burst: 2 }, () => now);
  const take = (user: string) => limiter.take(user);
  expect([take('a'), take('a'), take('a'), take('b')]).toEqual([true, true, false, true]);
  now = 999;
  expect(take('a')).toBe(false);
  now = 1_001;
  expect([take('a'), take('a')]).toEqual([true, false]);
  now = 3_600_000;
  expect([take('a'), take('a'), take('a')]).toEqual([true, true, false]);
  for (let index = 0; index < 10_001; index++) take(`user ${index}`);
  expect(limiter.buckets.size).toBe(10_000);
  expect(take('a')).toBe(true);
});
