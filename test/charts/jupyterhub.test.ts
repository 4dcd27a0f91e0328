import type { Settings } from '../../charts';
import { builtImages } from '../../charts/delivery/images/built';
import { loadOverlay } from '../../cli/overlays';
import type { Manifest } from '../../core/manifest';
import { extendOverlay, type Overlay } from '../../core/overlay';
import { eitherOf, fits } from '../../core/placement';
import type { PodSpec } from '../../core/pods';
import { InputError, type Problem } from '../../core/problem';
import { render } from '../../core/synth';
import { program } from '../../program';
import { sitesWith } from '../support/sites';

const NAMES = ['namespaces', 'node-pools', 'secrets', 'object-store', 'spark', 'jupyterhub'] as const;
const sites = sitesWith(...NAMES);

/** What the configuration of the hub reads, as far as the tests look at it. */
interface Values {
  readonly profiles: readonly {
    readonly name: string;
    readonly spark: string;
    readonly idleSeconds: number;
  }[];
  readonly culling: { readonly timeout: number };
  readonly server: {
    readonly pod: {
      readonly extra_pod_config: PodSpec;
      readonly volumes: readonly { readonly configMap?: { readonly name: string } }[];
      readonly environment: Readonly<Record<string, object>>;
    };
  };
}

const others = Object.fromEntries(
  program.platform.components
    .map(({ name }) => name)
    .filter((name) => !(NAMES as readonly string[]).includes(name))
    .map((name) => [name, false]),
);

function siteWith(jupyterhub: Settings['jupyterhub'], base = 'aws', more: Partial<Overlay> = {}) {
  // What is no overlay is refused by those who render it.
  const overlay = loadOverlay(program.root, base, (file) => require(file)) as Overlay;
  return render(
    'site',
    extendOverlay(overlay, { serving: undefined, ...more, components: { ...others, jupyterhub } }),
    program.platform,
  );
}

function problemsWith(...change: Parameters<typeof siteWith>): readonly Problem[] {
  try {
    siteWith(...change);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

const objectsOf = ({ model }: ReturnType<typeof siteWith>, kind: string): Manifest[] =>
  model.entries.map(({ manifest }) => manifest).filter((manifest) => manifest.kind === kind);

function valuesOf(site: ReturnType<typeof siteWith>): Values {
  const found = objectsOf(site, 'ConfigMap').find(({ metadata }) => metadata.name === 'jupyterhub-hub');
  // Written by values.ts.
  return JSON.parse(((found?.data ?? {}) as Record<string, string>)['values.json'] ?? '') as Values;
}

describe.each([...sites])('%s', (_, site) => {
  const { model } = site;
  const values = valuesOf(site);
  const { pod } = values.server;

  test('a notebook can run on every node that pods of both kinds may use, and prefers spot', () => {
    const spec = { ...pod.extra_pod_config, containers: [] };
    const { samples } = eitherOf(model.site.cloud.capacity);
    for (const node of [...samples.spot, ...samples.regular]) expect(fits(spec, node)).toBe(true);
    expect(spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution).not.toHaveLength(0);
  });

  test('what a notebook mounts is there in the namespace of every team', () => {
    const names = pod.volumes.flatMap(({ configMap }) => configMap?.name ?? []);
    expect(names).toHaveLength(2);
    for (const { namespace } of model.site.teams) {
      for (const name of names) {
        expect(model.find({ group: '', kind: 'ConfigMap', namespace, name })).toBeDefined();
      }
    }
  });

  test('executors reach every port that drivers of a server may listen on, and no other', () => {
    const { spark } = values.profiles[0] ?? { spark: '' };
    const retries = Number(/spark\.port\.maxRetries=(\d+)/.exec(spark)?.[1]);
    for (const { namespace } of model.site.teams) {
      const defaults = model.find({
        group: '',
        kind: 'ConfigMap',
        namespace,
        name: 'spark-defaults',
      })?.manifest;
      const conf = ((defaults?.data ?? {}) as Record<string, string>)['spark-defaults.conf'] ?? '';
      const [driver = 0, block = 0] = ['spark.driver.port', 'spark.blockManager.port'].map((key) =>
        Number(new RegExp(`^${key.replaceAll('.', '\\.')} (\\d+)$`, 'm').exec(conf)?.[1]),
      );
      const name = 'jupyterhub-notebook-from-spark-executor';
      const policy = model.find({ group: 'networking.k8s.io', kind: 'NetworkPolicy', namespace, name });
      // Written by core/network.ts.
      const spec = policy?.manifest.spec as unknown as
        | { ingress: { ports: { port: number }[] }[] }
        | undefined;
      const open = spec?.ingress[0]?.ports.map(({ port }) => port);
      expect(open).toEqual(
        Array.from({ length: block + retries - driver + 1 }, (_, index) => driver + index),
      );
    }
  });

  test('the hub may do nothing outside the namespaces of teams, and delete no home', () => {
    const bound = [...objectsOf(site, 'RoleBinding'), ...objectsOf(site, 'ClusterRoleBinding')].filter(
      (binding) => JSON.stringify(binding.subjects).includes('jupyterhub-hub'),
    );
    expect(bound.map(({ metadata }) => metadata.namespace).sort()).toEqual(
      model.site.teams.map(({ namespace }) => namespace).sort(),
    );
    for (const { metadata } of bound) {
      const group = 'rbac.authorization.k8s.io';
      const role = model.find({ group, kind: 'Role', namespace: metadata.namespace, name: metadata.name });
      const rules = role?.manifest.rules as unknown as { resources: string[]; verbs: string[] }[];
      const claims = rules.filter(({ resources }) => resources.includes('persistentvolumeclaims'));
      expect(claims.flatMap(({ verbs }) => verbs)).toEqual(['get', 'create']);
      expect(rules.flatMap(({ resources }) => resources)).not.toContain('secrets');
    }
  });

  test('one hub at a time has the database', () => {
    const hub = objectsOf(site, 'Deployment').find(({ metadata }) => metadata.name === 'jupyterhub-hub');
    expect(hub?.spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
  });
});

const IMAGE = 'registry.example.com/notebook:4.1.3';
const SMALL = { name: 'small', cores: 1, memory: '4Gi' };

test('a profile of its own, with another time; servers are culled after the longest', () => {
  const { profiles, culling } = valuesOf(
    siteWith({
      image: IMAGE,
      idleMinutes: 10,
      profiles: [SMALL, { name: 'training', cores: 8, memory: '64Gi', gpus: 1, idleMinutes: 240 }],
      defaultProfile: 'training',
    }),
  );
  expect(profiles.map(({ name, idleSeconds }) => [name, idleSeconds])).toEqual([
    ['training', 14_400],
    ['small', 600],
  ]);
  expect(culling.timeout).toBe(14_400);
  expect(profiles[0]?.spark).toContain('spark.driver.memory=32768m');
  // What is cached holds executors no longer than a server lasts that is not used.
  expect(profiles[1]?.spark).toContain('spark.dynamicAllocation.cachedExecutorIdleTimeout=600s');
});

test('an issuer: its secret from the store, no password, and the way there', () => {
  const oidc = { issuer: 'https://login.example.com:8443/realms/lake' };
  const site = siteWith({
    image: IMAGE,
    oidc,
    groups: { science: 'lake-science' },
    adminGroups: ['platform'],
  });
  expect(valuesOf(site)).toMatchObject({
    authentication: {
      kind: 'oidc',
      issuer: oidc.issuer,
      callback: 'https://notebooks.lake.example.com/hub/oauth_callback',
    },
    teams: expect.arrayContaining([{ name: 'science', namespace: 'team-science', group: 'lake-science' }]),
  });
  const secrets = objectsOf(site, 'ExternalSecret').filter(
    ({ metadata }) => metadata.namespace === 'jupyterhub',
  );
  expect(secrets.map(({ metadata }) => metadata.name).sort()).toEqual(['jupyterhub', 'jupyterhub-oidc']);
  expect(JSON.stringify(secrets)).not.toContain('adminPassword');
  const way = objectsOf(site, 'NetworkPolicy').find(
    ({ metadata }) => metadata.name === 'jupyterhub-hub-to-issuer',
  );
  expect(way?.spec).toMatchObject({ egress: [{ ports: [{ port: 8443 }] }] });
});

test('room is kept by pods that give way to everything, and a folder is shared by a team', () => {
  const site = siteWith({
    image: IMAGE,
    placeholders: 3,
    prepull: false,
    internet: false,
    teamFolder: { storageClass: 'efs' },
  });
  const placeholder = objectsOf(site, 'Deployment').find(
    ({ metadata }) => metadata.name === 'notebook-placeholder',
  );
  expect(placeholder?.spec).toMatchObject({
    replicas: 3,
    template: { spec: { priorityClassName: 'notebook-placeholder', terminationGracePeriodSeconds: 0 } },
  });
  const [priority] = objectsOf(site, 'PriorityClass').filter(
    ({ metadata }) => metadata.name === 'notebook-placeholder',
  );
  expect(priority).toMatchObject({ value: -10, preemptionPolicy: 'Never' });
  const folders = objectsOf(site, 'PersistentVolumeClaim').filter(
    ({ metadata }) => metadata.name === 'team-folder',
  );
  expect(folders).toHaveLength(site.model.site.teams.length);
  for (const { spec } of folders) expect(spec).toMatchObject({ accessModes: ['ReadWriteMany'] });
  expect(objectsOf(site, 'DaemonSet').map(({ metadata }) => metadata.name)).not.toContain('notebook-image');
  expect(JSON.stringify(objectsOf(site, 'NetworkPolicy'))).not.toContain('notebook-to-internet');
});

test('a folder is read by the servers of all teams, and written by none', () => {
  const site = siteWith({ image: IMAGE, sharedFolder: { server: 'nfs.example.com', path: '/lake/shared' } });
  const volumes = objectsOf(site, 'PersistentVolume');
  const claims = objectsOf(site, 'PersistentVolumeClaim').filter(
    ({ metadata }) => metadata.name === 'notebooks-shared',
  );
  expect(claims.map(({ metadata }) => metadata.namespace)).toEqual(
    site.model.site.teams.map(({ namespace }) => namespace),
  );
  for (const [index, { metadata, spec }] of claims.entries()) {
    expect(spec).toMatchObject({ accessModes: ['ReadOnlyMany'], storageClassName: '' });
    expect(volumes[index]).toMatchObject({
      metadata: { name: (spec as { volumeName: string }).volumeName },
      spec: {
        claimRef: { namespace: metadata.namespace, name: metadata.name },
        nfs: { server: 'nfs.example.com', path: '/lake/shared', readOnly: true },
      },
    });
  }
  const [values] = objectsOf(site, 'ConfigMap').filter(({ metadata }) => metadata.name === 'jupyterhub-hub');
  const data = (values?.data ?? {}) as Record<string, string>;
  const { server } = JSON.parse(data['values.json'] ?? '{}');
  expect(server.pod.volume_mounts).toContainEqual({
    name: 'shared',
    mountPath: '/home/jovyan/shared',
    readOnly: true,
  });
});

test.each<[string, Settings['jupyterhub'], string, string]>([
  [
    'a shared folder without a path',
    { image: IMAGE, sharedFolder: { server: 'nfs.example.com', path: 'shared' } },
    'sharedFolder.path',
    'is no path of an export',
  ],
  [
    'an image with another Spark',
    { image: 'quay.io/jupyter/pyspark-notebook:spark-4.1.2' },
    'image',
    'its tag says 4.1.2',
  ],
  [
    'an image that does not tell',
    { image: 'example.com/notebook:stable' },
    'image',
    'its tag tells no version',
  ],
  [
    'an image that is said to have another',
    { image: 'example.com/notebook:stable', sparkVersion: '4.2.0' },
    'image',
    'says 4.2.0',
  ],
  [
    'two profiles of one name',
    { profiles: [SMALL, SMALL] },
    'profiles[1].name',
    'two profiles have this name',
  ],
  ['a default profile that there is not', { defaultProfile: 'huge' }, 'defaultProfile', 'no such profile'],
  [
    'a profile with more cores than the quota',
    { profiles: [{ ...SMALL, cores: 301 }] },
    'profiles[0].cores',
    'may request together, which is 300',
  ],
  [
    'a profile with more memory than the quota',
    { profiles: [{ ...SMALL, memory: '2Ti' }] },
    'profiles[0].memory',
    'may request together, which is 1200Gi',
  ],
  [
    'a profile with more cores than the largest node',
    { profiles: [{ ...SMALL, cores: 65 }] },
    'profiles[0].cores',
    'is more than the largest node has for one pod, which is 64',
  ],
  [
    'a profile with more memory than the largest node',
    { profiles: [{ ...SMALL, memory: '513Gi' }] },
    'profiles[0].memory',
    'is more than the largest node has for one pod, which is 512Gi',
  ],
  [
    'an issuer without TLS',
    { oidc: { issuer: 'http://login.example.com' } },
    'oidc.issuer',
    'is no https URL',
  ],
  ['too little time', { idleMinutes: 4 }, 'idleMinutes', 'too short'],
  [
    'too little time in a profile',
    { profiles: [{ ...SMALL, idleMinutes: 1 }] },
    'profiles[0].idleMinutes',
    'too short',
  ],
  [
    'groups of a team that there is not',
    { oidc: { issuer: 'https://a.example.com' }, groups: { sience: 'x' } },
    'groups.sience',
    'no such team',
  ],
  [
    'groups without an issuer',
    { oidc: undefined, adminGroups: ['platform'] },
    'adminGroups',
    'no issuer is named',
  ],
  ['a cloud without an issuer', { oidc: undefined }, 'oidc', 'names nobody who logs people in'],
])('%s is refused with the field and a remedy', (_, change, field, message) => {
  const problems = problemsWith(change);
  expect(problems).toContainEqual(
    expect.objectContaining({
      component: 'jupyterhub',
      field: expect.stringMatching(new RegExp(`${field.replace(/[[\].]/g, '\\$&')}$`)),
      message: expect.stringContaining(message),
      remedy: expect.stringMatching(/\S/),
    }),
  );
});

test('the image is fetched on as many nodes as Kubernetes is made for, which the quota allows', () => {
  const quotaOf = (jupyterhub: Settings['jupyterhub']) => {
    const { namespaces } = siteWith(jupyterhub).model.site;
    return namespaces.find(({ name }) => name === 'jupyterhub')?.quota;
  };
  const without = quotaOf({ prepull: false });
  const quota = quotaOf({});
  expect((quota?.pods ?? 0) - (without?.pods ?? 0)).toBe(5_000);
  // 10m and 16Mi each.
  expect(Number(quota?.cpu) - Number(without?.cpu)).toBe(50);
  expect(Number.parseInt(quota?.memory ?? '', 10) - Number.parseInt(without?.memory ?? '', 10)).toBe(80_000);
});

test('a site takes the image that it builds, and must name one where it builds none', () => {
  const [reference] = builtImages(siteWith({}).model.site).flatMap(({ name, reference }) =>
    name === 'notebook' ? [reference] : [],
  );
  const [prepull] = objectsOf(siteWith({}), 'DaemonSet');
  expect(JSON.stringify(prepull)).toContain(`"${reference}"`);
  expect(problemsWith({ image: undefined }, 'onprem')).toContainEqual(
    expect.objectContaining({
      component: 'jupyterhub',
      field: 'image',
      message: expect.stringContaining('no public image has the Spark'),
      remedy: expect.stringContaining('registry'),
    }),
  );
});

test('an issuer on a site without a store of secrets is refused', () => {
  const problems = problemsWith({ oidc: { issuer: 'https://login.example.com' } }, 'onprem');
  expect(problems).toContainEqual(
    expect.objectContaining({ field: 'oidc', remedy: expect.stringContaining('vault') }),
  );
});

test('a site without Spark is told that notebooks need it', () => {
  const overlay = loadOverlay(program.root, 'aws', (file) => require(file)) as Overlay;
  const without = extendOverlay(overlay, { serving: undefined, components: { ...others, spark: false } });
  expect(() => render('site', without, program.platform)).toThrow(/jupyterhub.*spark/s);
});
