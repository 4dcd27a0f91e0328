import fs from 'node:fs';
import path from 'node:path';
import type { Settings } from '../../charts';
import { requireSoundHive } from '../../charts/query/hive/image';
import { configuration } from '../../charts/query/hive/xml';
import { loadOverlay } from '../../cli/overlays';
import { HIVES, hiveConflicts, LINES, lineOf } from '../../compatibility';
import type { Manifest } from '../../core/manifest';
import { extendOverlay, type Overlay } from '../../core/overlay';
import { InputError, type Problem } from '../../core/problem';
import { render } from '../../core/synth';
import { program } from '../../program';
import { versions } from '../../versions';
import { sitesWith } from '../support/sites';

const NAMES = ['namespaces', 'secrets', 'certificates', 'postgres', 'object-store', 'hive', 'spark'] as const;
const sites = sitesWith(...NAMES);
const others = Object.fromEntries(
  program.platform.components
    .map(({ name }) => name)
    .filter((name) => !(NAMES as readonly string[]).includes(name))
    .map((name) => [name, false]),
);

function siteWith(components: Settings, base = 'aws', more: Partial<Overlay> = {}) {
  // What is no overlay is refused by those who render it.
  const overlay = loadOverlay(program.root, base, (file) => require(file)) as Overlay<Settings>;
  return render(
    'site',
    extendOverlay(overlay, { serving: undefined, ...more, components: { ...others, ...components } }),
    program.platform,
  );
}

function problemsOf(work: () => void): readonly Problem[] {
  try {
    work();
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

type Rendered = ReturnType<typeof siteWith>;

const find = (
  { model }: Pick<Rendered, 'model'>,
  kind: string,
  name: string,
  namespace = 'hive',
): Manifest | undefined =>
  model.entries
    .map(({ manifest }) => manifest)
    .find(
      ({ kind: its, metadata }) => its === kind && metadata.name === name && metadata.namespace === namespace,
    );

const fileOf = (site: Pick<Rendered, 'model'>, name: string, file: string): string =>
  ((find(site, 'ConfigMap', name)?.data ?? {}) as Record<string, string>)[file] ?? '';

/** A setting in a file; undefined where it is not there. */
const settingOf = (text: string, name: string): string | undefined =>
  new RegExp(`<name>${name.replaceAll('.', '\\.')}</name><value>([^<]*)<`).exec(text)?.[1];

describe.each([...sites])('%s', (_, site) => {
  const metastore = fileOf(site, 'metastore', 'hive-site.xml');
  const server = fileOf(site, 'hiveserver2', 'hive-site.xml');

  test('both programs agree where tables lie, under every spelling, and neither folder lies in the other', () => {
    for (const kind of ['', 'external.']) {
      const keys = [`metastore.warehouse.${kind}dir`, `hive.metastore.warehouse.${kind}dir`];
      const found = new Set([metastore, server].flatMap((text) => keys.map((key) => settingOf(text, key))));
      expect(found).toEqual(new Set([site.model.site.uri('warehouse', kind ? 'external' : 'managed')]));
    }
  });

  test('no file has a password', () => {
    expect(settingOf(metastore, 'javax.jdo.option.ConnectionPassword')).toMatch(/^\$\{env\.\w+\}$/);
    expect(settingOf(metastore, 'javax.jdo.option.ConnectionURL')).toContain('sslmode=verify-full');
    expect(server).not.toContain('javax.jdo');
  });

  test('servers say that they can handle tables with transactions, or the metastore would make none for them', () => {
    const said = settingOf(server, 'hive.metastore.client.capabilities')?.split(',');
    expect(said).toEqual(expect.arrayContaining(['HIVEFULLACIDREAD', 'HIVEFULLACIDWRITE']));
  });

  test('the driver writes values into statements, since PostgreSQL prepares none with values of no type', () => {
    expect(settingOf(metastore, 'javax.jdo.option.ConnectionURL')).toMatch(/[?&;]preferQueryMode=simple$/);
    const pods = JSON.stringify(find(site, 'Deployment', 'metastore'));
    expect(pods).toMatch(
      /"HADOOP_CLIENT_OPTS","value":"[^"]* -Dspring\.jdbc\.getParameterType\.ignore=true"/,
    );
  });

  test('metastores stay on regular nodes, queries are on spot nodes, and the tables of the schema come first', () => {
    const job = site.model.entries.find(
      ({ manifest }) => manifest.kind === 'Job' && manifest.metadata.namespace === 'hive',
    );
    expect(job?.manifest.metadata.annotations?.['argocd.argoproj.io/sync-wave']).toBeUndefined();
    expect(find(site, 'Deployment', 'metastore')?.metadata.annotations).toMatchObject({
      'argocd.argoproj.io/sync-wave': '1',
    });
    expect(settingOf(metastore, 'metastore.housekeeping.leader.election')).toBe('lock');
    expect(settingOf(server, 'hive.compactor.worker.threads')).toBe('1');
    expect(settingOf(metastore, 'hive.metastore.runworker.in')).toBe('hs2');
    // Else Trino shows rows that are deleted.
    expect(settingOf(server, 'hive.acid.direct.insert.enabled')).toBe('false');
  });

  test('the catalog of Spark is the metastore, and drivers of each team reach it', () => {
    for (const { namespace } of site.model.site.teams) {
      const conf = (find(site, 'ConfigMap', 'spark-defaults', namespace)?.data ?? {}) as Record<
        string,
        string
      >;
      expect(conf['spark-defaults.conf']).toContain(
        'spark.sql.catalog.lake.uri http://metastore.hive.svc:9001/iceberg\n',
      );
      expect(find(site, 'NetworkPolicy', 'spark-driver-to-hive-metastore', namespace)).toBeDefined();
    }
    expect(JSON.stringify(find(site, 'NetworkPolicy', 'hive-metastore-from-spark-driver'))).toContain('9001');
  });
});

test('without Hive the catalog of Spark is a folder', () => {
  const site = siteWith({ hive: false });
  const conf = find(site, 'ConfigMap', 'spark-operator-defaults', 'spark');
  expect(JSON.stringify(conf)).toContain('spark.sql.catalog.lake.type hadoop');
  expect(JSON.stringify(conf)).not.toContain('metastore.hive');
});

test('a site without a registry has its pods fetch what the image of Apache lacks, and one with builds it', () => {
  const outside = siteWith({}, 'onprem');
  const text = JSON.stringify(find(outside, 'Deployment', 'metastore'));
  expect(text).toContain(`docker.io/apache/hive:${versions.hive}`);
  expect(text).toContain('fetch_jars.py');
  for (const name of ['fetch_jars.py', 'jars-database.txt', 'jars-s3.txt']) {
    const file = fs.readFileSync(path.join(program.root, 'images/hive', name), 'utf8');
    expect(fileOf(outside, 'jars', name)).toBe(file);
  }
  expect(find(outside, 'NetworkPolicy', 'hive-metastore-to-maven')).toBeDefined();
  const built = siteWith({});
  expect(JSON.stringify(find(built, 'Deployment', 'metastore'))).toContain(`/lake/hive:${versions.hive}-s3-`);
  expect(JSON.stringify(find(built, 'Deployment', 'metastore'))).not.toContain('initContainers');
  expect(find(built, 'NetworkPolicy', 'hive-metastore-to-maven')).toBeUndefined();
});

test('the image of Hive fetches its jars by the program that the image of Spark has', () => {
  const [one, other] = ['spark', 'hive'].map((image) =>
    fs.readFileSync(path.join(program.root, 'images', image, 'fetch_jars.py'), 'utf8'),
  );
  expect(one).toBe(other);
});

describe('authentication', () => {
  const serverWith = (hive: NonNullable<Settings['hive']>): string =>
    fileOf(siteWith({ hive }), 'hiveserver2', 'hive-site.xml');

  test('without one nobody is asked, and privileges do not count', () => {
    const text = serverWith({});
    expect(settingOf(text, 'hive.server2.authentication')).toBe('NONE');
    expect(settingOf(text, 'hive.security.authorization.enabled')).toBeUndefined();
  });

  test('with a directory or an issuer privileges count, and the way there is open', () => {
    const ldap = {
      kind: 'ldap',
      url: 'ldaps://directory.example.com',
      userDnPattern: 'uid=%s,ou=people,dc=example,dc=com',
    } as const;
    const text = serverWith({ authentication: ldap, admins: ['ada'] });
    expect(settingOf(text, 'hive.server2.authentication')).toBe('LDAP');
    expect(settingOf(text, 'hive.server2.authentication.ldap.userDNPattern')).toBe(ldap.userDnPattern);
    expect(settingOf(text, 'hive.security.authorization.enabled')).toBe('true');
    expect(settingOf(text, 'hive.users.in.admin.role')).toBe('ada');
    const way = find(
      siteWith({ hive: { authentication: ldap } }),
      'NetworkPolicy',
      'hive-hiveserver2-to-ldap',
    );
    expect(JSON.stringify(way)).toContain('"port":636');
    const jwt = serverWith({ authentication: { kind: 'jwt', jwks: 'https://login.example.com/keys' } });
    expect(settingOf(jwt, 'hive.server2.authentication.jwt.jwks.url')).toBe('https://login.example.com/keys');
    expect(settingOf(jwt, 'hive.server2.transport.mode')).toBe('http');
  });
});

const LDAP = { kind: 'ldap', url: 'ldap://directory.example.com', userDnPattern: 'uid=%s,dc=x' } as const;

test.each<[string, NonNullable<Settings['hive']>, string, string]>([
  [
    'groups without a place',
    { authentication: { ...LDAP, groups: ['lake'] } },
    'authentication.groups',
    'nothing says where they lie',
  ],
  ['administrators of nothing', { admins: ['ada'] }, 'admins', 'anybody may say any name'],
  [
    'a DN without a name',
    { authentication: { ...LDAP, userDnPattern: 'dc=x' } },
    'authentication.userDnPattern',
    'no place for the name',
  ],
  [
    'one metastore',
    { metastore: { replicas: { min: 1, typical: 1, max: 1 } } },
    'metastore.replicas',
    'begins below 2',
  ],
  ['an image that is not there', { image: 'hyve' }, 'image', 'there is no such folder'],
])('%s is refused', (_, hive, field, message) => {
  const problems = problemsOf(() => siteWith({ hive }));
  expect(problems).toContainEqual(
    expect.objectContaining({
      component: 'hive',
      field: expect.stringContaining(field),
      message: expect.stringContaining(message),
      remedy: expect.stringMatching(/\S/),
    }),
  );
});

test('without databases there is no metastore', () => {
  expect(() => siteWith({ postgres: false })).toThrow(/postgres/);
});

test('the pinned Hive goes with its connectors and with Spark; another one is refused with what fits', () => {
  expect(hiveConflicts(versions.hive, versions.hiveHadoop, versions.spark)).toEqual([]);
  // Each line is one of which Spark has a client.
  for (const line of Object.keys(HIVES)) {
    expect(LINES[lineOf(versions.spark)]?.hive.map((client) => lineOf(client))).toContain(line);
  }
  expect(problemsOf(() => requireSoundHive('4.0.1'))).toMatchObject([
    { field: 'versions.ts hive', found: '4.0.1', remedy: expect.stringContaining('pin a Hive of 4.1') },
  ]);
  expect(problemsOf(() => requireSoundHive('4.1.0', '3.4.2'))).toMatchObject([
    { field: 'versions.ts hiveHadoop', found: '3.4.2', remedy: 'pin 3.4.1' },
  ]);
  expect(problemsOf(() => requireSoundHive('4.1.0', '3.4.1', '4.0.4'))).toMatchObject([
    {
      field: 'versions.ts hive',
      message: expect.stringContaining('no client for a metastore of Hive 4.1.0'),
    },
  ]);
});

test('settings are escaped', () => {
  expect(configuration({ 'a&b': '<1>' })).toContain('<name>a&amp;b</name><value>&lt;1&gt;</value>');
});
