import { onprem } from '../../clouds/onprem';
import type { Manifest } from '../../core/manifest';
import { extendOverlay, type Overlay } from '../../core/overlay';
import { InputError, type Problem } from '../../core/problem';
import { render, type Synthesis } from '../../core/synth';
import { program } from '../../program';

const overlayOf = (site: string) =>
  (program.load(`${program.root}/overlays/${site}.ts`) as { default: Overlay }).default;

const ON = [
  'object-store',
  'secrets',
  'argo-workflows',
  'autoscaling',
  'certificates',
  'namespaces',
  'node-pools',
];

/** A site with the store and one that uses it. */
const site = (name: string, store?: object, changes: Partial<Overlay> = {}) => {
  const off = program.platform.components.filter((each) => !ON.includes(each.name));
  const components = {
    ...Object.fromEntries(off.map((each) => [each.name, false])),
    ...(store ? { 'object-store': { store } } : {}),
  };
  return render(
    name,
    extendOverlay(overlayOf(name), { serving: undefined, components, ...changes }),
    program.platform,
  );
};

function refusal(make: () => unknown): Problem {
  try {
    make();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.problems).toHaveLength(1);
    return error.problems[0] as Problem;
  }
  throw new Error('nothing was refused');
}

// biome-ignore lint/suspicious/noExplicitAny: a test reaches into objects of every kind
type Loose = any;

const all = ({ model }: Synthesis, kind: string): Manifest[] =>
  model.entries
    .filter(({ component, manifest }) => component === 'object-store' && manifest.kind === kind)
    .map(({ manifest }) => manifest);

const one = (made: Synthesis, kind: string, name: string): Loose =>
  all(made, kind).find(({ metadata }) => metadata.name === name);

const contract = (made: Synthesis) =>
  JSON.parse(one(made, 'ConfigMap', 'buckets').data['buckets.json']) as Loose;

const inside = site('onprem');
const files = one(inside, 'ConfigMap', 'object-store-set-up').data as Readonly<Record<string, string>>;

test.each(['aws', 'azure', 'gcp'])('%s describes its buckets and runs nothing for them', (name) => {
  const made = site(name);
  expect(made.model.pods.filter(({ component }) => component === 'object-store')).toEqual([]);
  const { buckets, grants } = contract(made);
  const described = name === 'azure' ? buckets.containers : buckets;
  expect(Object.keys(described)).toHaveLength(12);
  expect(grants).toContainEqual({
    bucket: 'artifacts',
    namespace: 'team-science',
    serviceAccount: 'workflow',
    access: 'read-write',
  });
});

test('a site with an endpoint outside has no store of its own, and keys from elsewhere', () => {
  const cloud = onprem({ endpoint: 'https://s3.example.internal' });
  const made = site('onprem', undefined, { cloud });
  expect(made.model.pods.filter(({ component }) => component === 'object-store')).toEqual([]);
  const keys = { group: '', kind: 'Secret', namespace: 'team-science', name: 'object-store-keys' };
  expect(made.model.findMaker(keys)).toBeUndefined();
  expect(made.model.whyExternal(keys)).toMatch(/whoever runs the object store/);
});

test('each namespace has keys of its own, which nobody else is given', () => {
  const { model } = inside;
  for (const namespace of ['argo-workflows', 'team-analytics', 'team-ingestion', 'team-science']) {
    const keys = { group: '', kind: 'Secret', namespace, name: 'object-store-keys' };
    expect(model.findMaker(keys)?.made.keys).toEqual(['accessKey', 'secretKey']);
    const role = all(inside, 'Role').find(({ metadata }) => metadata.namespace === namespace) as Loose;
    expect(role.rules).toEqual([
      { apiGroups: [''], resources: ['secrets'], resourceNames: ['object-store-keys'], verbs: ['get'] },
    ]);
  }
});

test('a policy allows what the accounts of a namespace are granted together', () => {
  const statements = JSON.parse(files['policy-argo-workflows.json'] ?? '').Statement;
  expect(statements).toEqual([
    {
      Effect: 'Allow',
      Action: ['s3:ListBucket', 's3:GetBucketLocation'],
      Resource: ['arn:aws:s3:::lake-artifacts'],
    },
    { Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::lake-artifacts/*'] },
  ]);
  const granted = new Set(contract(inside).grants.map(({ namespace }: Loose) => namespace));
  const policies = Object.keys(files).flatMap((name) => /^policy-(.*)\.json$/.exec(name)?.[1] ?? []);
  expect(policies.sort()).toEqual([...granted].sort());
  expect(Object.values(files).join('')).not.toMatch(/Version(?!ing|"|Expiration)\w*"|s3:\*|"\*"/);
});

test('what changes for the Job is another Job', () => {
  const name = (made: Synthesis) => all(made, 'Job')[0]?.metadata.name;
  expect(name(inside)).toMatch(/^object-store-set-up-[0-9a-f]{8}$/);
  expect(name(site('onprem'))).toBe(name(inside));
  const other = site('onprem', undefined, { buckets: { prefix: 'lake', restoreDays: 30 } });
  expect(name(other)).not.toBe(name(inside));
});

test('lifecycles are XML as the S3 API has it', () => {
  expect(files['lifecycle-lake-scratch.xml']).toBe(
    '<LifecycleConfiguration><Rule><ID>age</ID><Status>Enabled</Status><Filter><Prefix></Prefix></Filter>' +
      '<Expiration><Days>7</Days></Expiration></Rule><Rule><ID>clean</ID><Status>Enabled</Status>' +
      '<Filter><Prefix></Prefix></Filter><AbortIncompleteMultipartUpload><DaysAfterInitiation>7' +
      '</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule></LifecycleConfiguration>',
  );
});

test('copies are on servers of their own, spread over what fails apart, and their volumes stay', () => {
  const spread = site(
    'onprem',
    { copies: 3, volumes: { count: 5 } },
    {
      cloud: onprem({ failureDomain: 'topology.kubernetes.io/zone' }),
    },
  );
  const master = one(spread, 'StatefulSet', 'master').spec.template.spec.containers[0].args;
  expect(master).toContain('-defaultReplication=002');
  const { spec } = one(spread, 'StatefulSet', 'volume');
  expect(spec.replicas).toBe(5);
  expect(spec.persistentVolumeClaimRetentionPolicy).toEqual({ whenDeleted: 'Retain', whenScaled: 'Retain' });
  const pod = spec.template.spec;
  expect(pod.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution).toMatchObject([
    { topologyKey: 'kubernetes.io/hostname' },
  ]);
  expect(pod.topologySpreadConstraints).toMatchObject([
    { topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'DoNotSchedule' },
  ]);
});

test('whatever has a grant comes after the store', () => {
  const { waves } = inside.order;
  expect(waves.get('argo-workflows')).toBeGreaterThan(waves.get('object-store') ?? Number.NaN);
});

test('the store is set only where it is, and has a server more than copies', () => {
  expect(refusal(() => site('aws', { copies: 2 }))).toMatchObject({
    site: 'aws',
    component: 'object-store',
    field: 'store',
    message: expect.stringContaining('outside the cluster'),
    remedy: 'leave it out',
  });
  expect(refusal(() => site('onprem', { copies: 3 }))).toMatchObject({
    component: 'object-store',
    field: 'store.copies',
    found: 3,
    message: expect.stringContaining('more volume servers than copies'),
    remedy: 'raise store.volumes.count above it, or write 2',
  });
});
