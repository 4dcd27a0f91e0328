import { load } from 'js-yaml';
import type { Settings } from '../../charts';
import { loadOverlay, siteNames } from '../../cli/overlays';
import type { Manifest } from '../../core/manifest';
import { extendOverlay, type Overlay } from '../../core/overlay';
import { InputError, type Problem } from '../../core/problem';
import { render, type Synthesis } from '../../core/synth';
import { program } from '../../program';

type PostgresSettings = NonNullable<Settings['postgres']>;

const NAMES = [
  'namespaces',
  'secrets',
  'certificates',
  'postgres',
  'object-store',
  'argo-workflows',
  'spark',
  'jupyterhub',
];
const others = program.platform.components.filter(
  ({ name, indispensable }) => !NAMES.includes(name) && !indispensable,
);
const off = Object.fromEntries(others.map(({ name }) => [name, false]));
const overlays = new Map(
  siteNames(program.root).map((site) => [
    site,
    // What is no overlay is refused by those who render it.
    loadOverlay(program.root, site, (file) => require(file)) as Overlay<Settings>,
  ]),
);

function siteWith(components: Settings, site = 'aws'): Synthesis {
  const overlay = overlays.get(site);
  if (!overlay) throw new Error(`there is no overlay ${site}`);
  return render(
    site,
    extendOverlay(overlay, { serving: undefined, components: { ...off, ...components } }),
    program.platform,
  );
}

const withPostgres = (postgres: PostgresSettings = {}, site = 'aws') => siteWith({ postgres }, site);

function problemsOf(components: Settings): readonly Problem[] {
  try {
    siteWith(components);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

function objectOf({ model }: Synthesis, kind: string, name: string, namespace = 'postgres'): Manifest {
  const found = model.entries.find(
    ({ manifest: { kind: its, metadata } }) =>
      its === kind && metadata.name === name && metadata.namespace === namespace,
  );
  if (!found) throw new Error(`there is no ${kind} ${namespace}/${name}`);
  return found.manifest;
}

const kindsIn = ({ model }: Synthesis, kind: string): string[] =>
  model.entries.flatMap(({ manifest }) => (manifest.kind === kind ? [manifest.metadata.name] : [])).sort();

/** What a ConfigMap holds. */
const dataOf = (site: Synthesis, name: string, namespace: string): Readonly<Record<string, string>> =>
  objectOf(site, 'ConfigMap', name, namespace).data as Readonly<Record<string, string>>;

const usual = withPostgres();

describe('is refused', () => {
  const where = { site: 'aws', component: 'postgres' };
  test.each<[string, PostgresSettings, Problem]>([
    [
      'a cluster that is made of its own backups',
      { restore: { from: 'metadata' } },
      {
        field: 'restore.from',
        found: 'metadata',
        message: 'is the cluster itself, and backups of two would be mixed',
        remedy: 'write another name for `cluster`, such as "metadata-2"',
      },
    ],
    [
      'a time that is none',
      { cluster: 'metadata-2', restore: { from: 'metadata', until: 'yesterday' } },
      {
        field: 'restore.until',
        found: 'yesterday',
        message: 'is no time',
        remedy: 'write one such as "2026-03-01T12:00:00Z"',
      },
    ],
    [
      'a schedule with a field too many',
      { backup: { schedule: '0 0 2 * * *' } },
      {
        field: 'backup.schedule',
        found: '0 0 2 * * *',
        message: 'is no schedule',
        remedy: 'write five fields, such as "0 2 * * *"',
      },
    ],
    [
      'a name that no object can have',
      { cluster: 'Meta' },
      {
        field: 'cluster',
        found: 'Meta',
        message: 'is no name of a cluster',
        remedy: 'write lower-case letters, digits and dashes, such as "metadata-2"',
      },
    ],
    [
      'no instance',
      { instances: { count: 0 } },
      {
        field: 'instances.count',
        found: 0,
        message: 'must be at least 1',
        remedy: 'write 3, so that one can be lost while another is away',
      },
    ],
    [
      'fewer connections than databases may open',
      { connections: 50 },
      {
        field: 'connections',
        found: 50,
        message:
          'is less than databases may open: argo-workflows 40, jupyterhub 20, poolers 20, and 10 to spare',
        remedy: 'write 90 or more',
      },
    ],
  ])('%s', (_, postgres, problem) => {
    expect(problemsOf({ postgres })).toEqual([{ ...where, ...problem }]);
  });

  test('what is just enough is not', () => {
    expect(problemsOf({ postgres: { connections: 90 } })).toEqual([]);
  });

  test('an archive that is asked for where there is no database', () => {
    expect(problemsOf({ postgres: false, 'argo-workflows': { archive: { days: 30 } } })).toEqual([
      {
        site: 'aws',
        component: 'argo-workflows',
        field: 'archive',
        found: { days: 30 },
        message: 'there is no database: the component postgres is off, and no server outside is named',
        remedy: 'turn postgres on, or name a server: archive: { server: { host: "…", cidrs: ["…"] } }',
      },
    ]);
  });
});

describe('a database', () => {
  test('is made for each component that asks for one, and owned by a role that may open no other', () => {
    expect(kindsIn(usual, 'Database')).toEqual(['metadata-argo-workflows', 'metadata-jupyterhub']);
    expect(kindsIn(usual, 'DatabaseRole')).toEqual(['metadata-argo-workflows', 'metadata-jupyterhub']);
    expect(objectOf(usual, 'Database', 'metadata-argo-workflows').spec).toMatchObject({
      name: 'argo_workflows',
      owner: 'argo_workflows',
    });
    // The first rule that fits counts; the operator's last one would let everybody in everywhere.
    expect(objectOf(usual, 'Cluster', 'metadata').spec).toMatchObject({
      postgresql: {
        pg_hba: ['hostssl sameuser all all scram-sha-256', 'host all all all reject'],
      },
    });
  });

  test('has a password that is generated once, and that its user gets with the authority of the server', () => {
    expect(objectOf(usual, 'ExternalSecret', 'database-jupyterhub').spec).toMatchObject({
      refreshPolicy: 'CreatedOnce',
      target: { immutable: true, template: { type: 'kubernetes.io/basic-auth' } },
    });
    expect(objectOf(usual, 'ExternalSecret', 'database', 'jupyterhub').spec).toMatchObject({
      target: { template: { type: 'kubernetes.io/basic-auth' } },
      data: [
        { secretKey: 'username', remoteRef: { key: 'database-jupyterhub' } },
        { secretKey: 'password', remoteRef: { key: 'database-jupyterhub' } },
        { secretKey: 'ca.crt', remoteRef: { key: 'authority' } },
      ],
    });
  });

  test('opens to nobody else the Secret of the server, nor the password of another one', () => {
    const { model } = usual;
    const readable = model.entries
      .filter(({ manifest: { kind, metadata } }) => kind === 'Role' && metadata.namespace === 'postgres')
      .filter(({ component }) => component !== 'postgres')
      .map(({ component, manifest }) => [component, (manifest as unknown as { rules: unknown }).rules]);
    const rule = (name: string) => [
      { apiGroups: [''], resources: ['secrets'], verbs: ['get'], resourceNames: [name, 'authority'] },
    ];
    expect(readable).toEqual([
      ['argo-workflows', rule('database-argo-workflows')],
      ['jupyterhub', rule('database-jupyterhub')],
    ]);
  });

  test('is reached by its users alone', () => {
    const policies = kindsIn(usual, 'NetworkPolicy').filter((name) => name.startsWith('postgres-'));
    const entering = policies.filter((name) => /^postgres-(instance|pooler)-from-/.test(name));
    expect(entering).toEqual([
      'postgres-instance-from-argo-workflows-controller',
      'postgres-instance-from-argo-workflows-server',
      'postgres-instance-from-postgres-instance',
      'postgres-instance-from-postgres-operator',
      'postgres-instance-from-postgres-pooler',
      'postgres-pooler-from-jupyterhub-hub',
    ]);
  });

  test('is no part of a site without databases', () => {
    const without = siteWith({ postgres: false });
    const configuration = dataOf(without, 'workflow-controller-configmap', 'argo-workflows');
    expect(configuration).toHaveProperty('artifactRepository');
    expect(configuration).not.toHaveProperty('persistence');
    expect(hubValues(without).hub.database).toBe('sqlite:////srv/jupyterhub/jupyterhub.sqlite');
    expect(kindsIn(without, 'PersistentVolumeClaim')).toEqual(['jupyterhub-data']);
    expect(kindsIn(usual, 'PersistentVolumeClaim')).toEqual([]);
  });
});

const hubValues = (site: Synthesis) =>
  JSON.parse(dataOf(site, 'jupyterhub-hub', 'jupyterhub')['values.json'] ?? '') as {
    readonly hub: { readonly database: string };
  };

test('the hub takes its password from the environment, and no URL has it', () => {
  expect(hubValues(usual).hub.database).toBe(
    'postgresql+psycopg2://jupyterhub@pool.postgres.svc:5432/jupyterhub',
  );
});

test('workflows are archived by a server whose certificate is checked', () => {
  const { persistence } = dataOf(usual, 'workflow-controller-configmap', 'argo-workflows');
  expect(load(persistence ?? '')).toMatchObject({
    archive: true,
    nodeStatusOffLoad: true,
    postgresql: { host: 'primary.postgres.svc', sslMode: 'verify-full', database: 'argo_workflows' },
  });
});

test('names of the certificate are those by which the database is asked for', () => {
  const { dnsNames } = objectOf(usual, 'Certificate', 'server').spec as { dnsNames?: string[] };
  expect(dnsNames).toEqual(expect.arrayContaining(['primary.postgres.svc', 'pool.postgres.svc']));
});

test('a restored cluster is another one, made of the backups of the first; its users find it where that was', () => {
  const restored = withPostgres({
    cluster: 'metadata-2',
    restore: { from: 'metadata', until: '2026-03-01T12:00:00+01:00' },
  });
  expect(objectOf(restored, 'Cluster', 'metadata-2').spec).toMatchObject({
    bootstrap: {
      recovery: { source: 'metadata', recoveryTarget: { targetTime: '2026-03-01T12:00:00+01:00' } },
    },
    externalClusters: [
      { name: 'metadata', plugin: { parameters: { barmanObjectName: 'backups', serverName: 'metadata' } } },
    ],
    plugins: [{ isWALArchiver: true, parameters: { barmanObjectName: 'backups' } }],
  });
  expect(kindsIn(restored, 'Database')).toEqual(['metadata-2-argo-workflows', 'metadata-2-jupyterhub']);
  expect(objectOf(restored, 'Service', 'primary').spec).toMatchObject({
    selector: { 'cnpg.io/cluster': 'metadata-2' },
  });
  const passwords = (site: Synthesis) =>
    kindsIn(site, 'ExternalSecret').filter((name) => name.startsWith('database-'));
  expect(passwords(restored)).toEqual(passwords(usual));
});

test.each([
  ['aws', { destinationPath: 's3://example-lake-eu-central-1-backups/postgres' }, 'inheritFromIAMRole'],
  [
    'azure',
    { destinationPath: 'https://examplelakeeuwest.blob.core.windows.net/lake-backups/postgres' },
    'useDefaultAzureCredentials',
  ],
  ['gcp', { destinationPath: 'gs://example-lake-eu-backups/postgres' }, 'gkeEnvironment'],
  ['onprem', { destinationPath: 's3://lake-backups/postgres' }, 'object-store-keys'],
])('%s: backups go where the cloud keeps them, by the identity of the instances', (site, place, proof) => {
  const synthesis = withPostgres({}, site);
  const { spec } = objectOf(synthesis, 'ObjectStore', 'backups');
  expect(spec).toMatchObject({ configuration: place, retentionPolicy: '30d' });
  expect(JSON.stringify(spec)).toContain(proof);
  expect(synthesis.model.recorded.get('postgres')?.grants).toEqual([
    { namespace: 'postgres', serviceAccount: 'metadata', bucket: 'backups', access: 'read-write' },
  ]);
});

test('three instances are in three zones, and a single one waits for no other', () => {
  expect(objectOf(usual, 'Cluster', 'metadata').spec).toMatchObject({
    instances: 3,
    postgresql: { synchronous: { number: 1, dataDurability: 'preferred' } },
    topologySpreadConstraints: [
      { topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'DoNotSchedule' },
    ],
  });
  const single = withPostgres({ instances: { count: 1 } });
  expect(objectOf(single, 'Cluster', 'metadata').spec).not.toMatchObject({
    postgresql: { synchronous: expect.anything() },
  });
});
