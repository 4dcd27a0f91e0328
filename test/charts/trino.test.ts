import type { Settings } from '../../charts';
import { siteNames } from '../../cli/overlays';
import { loadOf } from '../../core/demand';
import type { Manifest } from '../../core/manifest';
import { eitherOf, fits } from '../../core/placement';
import type { PodSpec } from '../../core/pods';
import { InputError, type Problem } from '../../core/problem';
import { program } from '../../program';
import { filesOf, trinoSite } from '../support/queried';

const sites = new Map(siteNames(program.root).map((name) => [name, trinoSite({}, name)]));
const aws = sites.get('aws') ?? trinoSite({});

function problemsWith(...change: Parameters<typeof trinoSite>): readonly Problem[] {
  try {
    trinoSite(...change);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

const deployments = ({ model }: ReturnType<typeof trinoSite>): Manifest[] =>
  model.entries
    .map(({ manifest }) => manifest)
    .filter(({ kind, metadata }) => kind === 'Deployment' && metadata.namespace === 'trino');

// Written by core/workload.ts.
const podOf = ({ spec }: Manifest): PodSpec =>
  (spec as unknown as { template: { spec: PodSpec } }).template.spec;

const rulesOf = (site: ReturnType<typeof trinoSite>) =>
  JSON.parse(filesOf(site, 'trino-rules')['rules.json'] ?? '') as Record<
    string,
    readonly Readonly<Record<string, unknown>>[]
  >;

describe.each([...sites])('%s', (name, site) => {
  const { model } = site;
  const { capacity } = model.site.cloud;

  test('most workers are pinned to spot nodes, and some to regular ones', () => {
    const workers = (model.recorded.get('trino')?.demands ?? []).filter(
      (each) => each.name !== 'trino-coordinator',
    );
    for (const load of ['typical', 'max'] as const) {
      const { share } = loadOf(workers, load);
      expect(share.cpu).toBeGreaterThanOrEqual(0.8);
      expect(share.cpu).toBeLessThan(1);
    }
    const split = workers.map((each) => each.name);
    expect(split).toEqual(
      eitherOf(capacity).withoutSlots
        ? ['trino-worker-regular', 'trino-worker-spot']
        : ['trino-worker-mixed-4-of-5'],
    );
  });

  test('the coordinator runs on no spot node', () => {
    const found = deployments(site).find(({ metadata }) => metadata.name === 'trino-coordinator');
    if (!found) throw new Error('there is no coordinator');
    expect(capacity.samples.spot.some((node) => fits(podOf(found), node))).toBe(false);
    expect(capacity.samples.regular.some((node) => fits(podOf(found), node))).toBe(true);
  });

  test('a worker has more time to leave than it takes to say so twice', () => {
    for (const each of deployments(site).filter(({ metadata }) => metadata.name !== 'trino-coordinator')) {
      const { terminationGracePeriodSeconds: seconds = 0 } = podOf(each) as PodSpec & {
        readonly terminationGracePeriodSeconds?: number;
      };
      const grace = /shutdown\.grace-period=(\d+)s/.exec(
        filesOf(site, 'trino-worker')['config.properties'] ?? '',
      );
      expect(seconds).toBeGreaterThan(2 * Number(grace?.[1]));
      expect(JSON.stringify(each)).toContain('/etc/trino-scripts/drain.sh');
    }
  });

  test('what a query leaves in the object store goes', () => {
    const aging = model.recorded.get('trino')?.aging;
    expect(aging).toEqual([{ bucket: 'scratch', rule: { paths: ['trino-exchange/'], expireDays: 1 } }]);
    const file = filesOf(site, 'trino-worker')['exchange-manager.properties'];
    expect(file).toBe(filesOf(site, 'trino-coordinator')['exchange-manager.properties']);
    expect(file).toMatch(/base-directories=(s3|gs|abfss):\/\/\S+\/trino-exchange$/m);
  });

  test('every file that a catalog or the server names is mounted', () => {
    for (const each of deployments(site)) {
      const [container] = podOf(each).containers;
      const mounted = (container?.volumeMounts ?? []).map(({ mountPath }) => mountPath);
      const isCoordinator = each.metadata.name === 'trino-coordinator';
      const texts = [
        ...Object.values(filesOf(site, isCoordinator ? 'trino-coordinator' : 'trino-worker')),
        ...Object.values(filesOf(site, 'trino-catalogs')),
      ].join('\n');
      const named = [...texts.matchAll(/[=:](\/(?:etc|var|data)\/[\w./-]+)/g)].map(([, path = '']) => path);
      expect(named.length).toBeGreaterThan(5);
      for (const path of named) {
        expect([name, path, mounted.some((mount) => path === mount || path.startsWith(`${mount}/`))]).toEqual(
          [name, path, true],
        );
      }
      const variables = (container?.env ?? []).map((variable) => variable.name);
      for (const [, variable] of texts.matchAll(/\$\{ENV:(\w+)\}/g)) expect(variables).toContain(variable);
    }
  });

  test('jobs of every team have a certificate of the name that the server takes for the team', () => {
    const pattern = /user-mapping\.pattern=CN=(\S+)/.exec(
      filesOf(site, 'trino-coordinator')['config.properties'] ?? '',
    )?.[1];
    for (const team of model.site.teams) {
      const found = model.find({
        group: 'cert-manager.io',
        kind: 'Certificate',
        namespace: team.namespace,
        name: 'trino',
      });
      // Written by charts/foundation/certificates.
      const spec = found?.manifest.spec as unknown as { commonName: string; usages: string[] } | undefined;
      expect(spec?.commonName).toMatch(new RegExp(`^${pattern}$`));
      expect(spec?.usages).toContain('client auth');
      expect(filesOf(site, 'trino-rules')['groups.txt']).toContain(`${team.name}:team-${team.name}\n`);
    }
  });
});

test('catalogs are those whose components are part of the site', () => {
  const names = (site: ReturnType<typeof trinoSite>) => Object.keys(filesOf(site, 'trino-catalogs')).sort();
  const all = ['delta', 'hive', 'kafka', 'lake', 'postgres', 'tpch'];
  expect(names(aws)).toEqual(all.map((each) => `${each}.properties`));
  expect(names(trinoSite({}, 'aws', {}, ['hive', 'kafka']))).toEqual([
    'postgres.properties',
    'tpch.properties',
  ]);
  expect(names(trinoSite({ catalogs: { delta: false, tpch: false, druid: true } }))).toEqual(
    ['druid', 'hive', 'kafka', 'lake', 'postgres'].map((each) => `${each}.properties`),
  );
});

test('a table of another kind is looked up in the catalog that knows it, where there is one', () => {
  expect(filesOf(aws, 'trino-catalogs')['hive.properties']).toContain('hive.iceberg-catalog-name=lake\n');
  const without = filesOf(trinoSite({ catalogs: { lake: false } }), 'trino-catalogs');
  expect(without['hive.properties']).not.toContain('iceberg-catalog-name');
});

test('topics of the overlay are tables of their team, for those that may read them', () => {
  const topics = [{ team: 'ingestion', name: 'bike-trips', readers: ['science'] }];
  const site = trinoSite(
    { topics: [{ team: 'ingestion', topic: 'bike-trips', columns: { id: { type: 'bigint' } } }] },
    'aws',
    { components: { kafka: { topics } } as Settings },
  );
  expect(filesOf(site, 'trino-catalogs')['kafka.properties']).toContain('table-names=ingestion.bike_trips\n');
  expect(JSON.parse(filesOf(site, 'trino-topics')['ingestion-bike_trips.json'] ?? '')).toEqual({
    schemaName: 'ingestion',
    tableName: 'bike_trips',
    topicName: 'ingestion.bike-trips',
    message: { dataFormat: 'json', fields: [{ name: 'id', type: 'bigint', mapping: 'id' }] },
  });
  expect(rulesOf(site).tables).toContainEqual({
    group: 'ingestion|science',
    catalog: 'kafka',
    schema: 'ingestion',
    table: 'bike_trips',
    privileges: ['SELECT'],
  });
  const user = site.model.entries.find(
    ({ manifest }) => manifest.kind === 'KafkaUser' && manifest.metadata.name === 'trino',
  );
  expect(JSON.stringify(user?.manifest.spec)).toContain('"ingestion.bike-trips"');
});

test('no team owns what is another one’s, and no rule is for everybody', () => {
  const rules = rulesOf(aws);
  const teams = aws.model.site.teams.map(({ name }) => name);
  for (const list of ['catalogs', 'schemas', 'tables', 'queries']) {
    for (const rule of rules[list] ?? []) expect(rule.group).toMatch(/^[a-z-]+(\|[a-z-]+)*$/);
  }
  for (const rule of [...(rules.schemas ?? []), ...(rules.tables ?? [])]) {
    const owners = teams.filter((team) => new RegExp(`^(${rule.schema})$`).test(`curated_${team}`));
    if (owners.length > 0 && rule.schema) expect([rule.group]).toEqual(owners);
  }
});

test('shares of teams add up to what the workers do', () => {
  const { shares } = { shares: { science: { weight: 3, running: 5, queued: 10 } } };
  const groups = JSON.parse(
    filesOf(trinoSite({ shares }), 'trino-coordinator')['resource-groups.json'] ?? '',
  );
  const [root] = groups.rootGroups;
  expect(root).toMatchObject({ hardConcurrencyLimit: 45, maxQueued: 410, schedulingPolicy: 'weighted_fair' });
  expect(
    root.subGroups.map((each: { name: string; softMemoryLimit: string }) => [
      each.name,
      each.softMemoryLimit,
    ]),
  ).toEqual([
    ['ingestion', '40%'],
    ['analytics', '40%'],
    ['science', '100%'],
  ]);
  expect(groups.selectors).toContainEqual({ userGroup: 'science', group: 'teams.science' });
});

test('people are logged in by the issuer, and may not be called as jobs are', () => {
  const oidc = { issuer: 'https://login.example.com/realms/lake' };
  const config = filesOf(trinoSite({ oidc }), 'trino-coordinator')['config.properties'] ?? '';
  expect(config).toContain('http-server.authentication.type=CERTIFICATE,OAUTH2\n');
  const pattern = /oauth2\.user-mapping\.pattern=(.+)/.exec(config)?.[1] ?? '';
  // In a file of properties a backslash would be read as an escape.
  expect(pattern).not.toContain('\\');
  const whole = new RegExp(`^${pattern}$`);
  expect(['alice', 'alice@example.com', 'teamlead'].filter((name) => !whole.test(name))).toEqual([]);
  expect(['team-science', 'lakeport-management', ''].filter((name) => whole.test(name))).toEqual([]);
});

test('without retries nothing is spooled', () => {
  const site = trinoSite({ retry: 'none' }, 'gcp');
  expect(Object.keys(filesOf(site, 'trino-worker'))).not.toContain('exchange-manager.properties');
  expect(site.model.recorded.get('trino')?.aging).toEqual([]);
  expect(JSON.stringify(deployments(site))).not.toContain('EXCHANGE_ACCESS_KEY');
});

test('queries tell their lineage where a server is named', () => {
  const site = trinoSite({ lineage: { url: 'https://lineage.example.com:5000' } });
  const files = filesOf(site, 'trino-coordinator');
  expect(files['config.properties']).toContain(
    'event-listener.config-files=/etc/trino/openlineage.properties\n',
  );
  expect(files['openlineage.properties']).toContain('transport.endpoint=/api/v1/lineage\n');
  const egress = site.model.recorded.get('trino')?.egress.find(({ to }) => to.name === 'lineage');
  expect(egress?.to.ports).toEqual([5000]);
});

describe('what cannot work is refused', () => {
  test.each<[string, Parameters<typeof trinoSite>, Partial<Problem>]>([
    [
      'a catalog whose component is off',
      [{ catalogs: { lake: true } }, 'aws', {}, ['hive']],
      {
        field: 'catalogs.lake',
        found: true,
        message: 'reads from the component hive, which is not part of this site',
        remedy: 'turn hive on, or leave the catalog out',
      },
    ],
    [
      'a share that leaves no regular worker',
      [{ spotShare: 0.9 }],
      { field: 'spotShare', found: 0.9, remedy: 'write 0.8 or less, or 1 for spot workers alone' },
    ],
    [
      'a share that so few workers do not give where nodes have no slots',
      [{ workers: { min: 2, typical: 3, max: 4 } }, 'gcp'],
      {
        field: 'spotShare',
        found: 0.8,
        remedy: 'write 5 or more for workers.typical, or a smaller share, or 1 for spot workers alone',
      },
    ],
    [
      'more memory for a query than a worker has',
      [{ worker: { memory: '8Gi', queryMemory: '6Gi' } }],
      {
        field: 'worker.queryMemory',
        found: '6Gi',
        message: 'is more than queries have on a worker of 8Gi: 4587Mi are left of its heap',
        remedy: 'write "4587Mi" or less, or raise worker.memory',
      },
    ],
    ['a worker that cannot start', [{ worker: { memory: '1Gi' } }], { field: 'worker.memory', found: '1Gi' }],
    ['a member of no team', [{ members: { sales: ['eve'] } }], { field: 'members.sales', found: 'sales' }],
    [
      'a person called as jobs are',
      [{ members: { science: ['team-analytics'] } }],
      { field: 'members.science[0]', found: 'team-analytics' },
    ],
    [
      'a schema that is that of a layer',
      [{ schemas: [{ name: 'curated_science', owner: 'analytics' }] }],
      { field: 'schemas[0].name', found: 'curated_science' },
    ],
    [
      'columns of a topic that is none',
      [{ topics: [{ team: 'science', topic: 'moons', columns: { id: { type: 'bigint' } } }] }],
      { field: 'topics[0].topic', found: 'moons', remedy: 'write one of: arrivals (ingestion)' },
    ],
    [
      'Cassandra without a datacenter',
      [{ catalogs: { cassandra: true } }],
      {
        field: 'cassandraDatacenter',
        message: 'is missing, and the driver of Cassandra asks no server without it',
      },
    ],
    [
      'an issuer where no store holds the secret of the client',
      [{ oidc: { issuer: 'https://login.example.com' } }, 'onprem'],
      { field: 'oidc' },
    ],
  ])('%s', (_, change, expected) => {
    expect(problemsWith(...change)).toEqual([expect.objectContaining({ component: 'trino', ...expected })]);
  });
});
