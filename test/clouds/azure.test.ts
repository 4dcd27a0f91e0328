import { azure } from '../../clouds/azure';
import { scheduling } from '../../core/placement';
import { nodesOf, refusal, requirement, wrong } from './support';

const OPTIONS = {
  cluster: 'lake',
  tenant: '00000000-0000-4000-8000-000000000001',
  client: '00000000-0000-4000-8000-000000000002',
  storageAccount: 'acmelake',
};
const OTHER = '00000000-0000-4000-8000-000000000003';
const DNS = '00000000-0000-4000-8000-000000000004';
const subject = { namespace: 'team-blue', serviceAccount: 'spark' };

test('objects are named by abfss, container before account', () => {
  const { objectStore } = azure(OPTIONS);
  expect(objectStore.uri('raw', 'trips/2026')).toBe('abfss://raw@acmelake.dfs.core.windows.net/trips/2026');
  expect(objectStore.client).toEqual({
    protocol: 'azure',
    account: 'acmelake',
    endpoint: 'https://acmelake.blob.core.windows.net',
  });
});

test('workload identity annotates the ServiceAccount, labels the pod and reads the token of the webhook', () => {
  expect(azure(OPTIONS).identity(subject)).toEqual({
    serviceAccountAnnotations: {
      'azure.workload.identity/client-id': OPTIONS.client,
      'azure.workload.identity/tenant-id': OPTIONS.tenant,
    },
    podLabels: { 'azure.workload.identity/use': 'true' },
    env: [],
    hadoop: {
      'fs.azure.account.auth.type': 'OAuth',
      'fs.azure.account.oauth.provider.type':
        'org.apache.hadoop.fs.azurebfs.oauth2.WorkloadIdentityTokenProvider',
      'fs.azure.account.oauth2.msi.tenant': OPTIONS.tenant,
      'fs.azure.account.oauth2.client.id': OPTIONS.client,
      'fs.azure.account.oauth2.token.file': '/var/run/secrets/azure/tokens/azure-identity-token',
    },
  });
});

test('who reads secrets and who writes DNS are others than the jobs of teams', () => {
  const cloud = azure({
    ...OPTIONS,
    keyVault: { name: 'acme-lake', client: OTHER },
    dns: { subscription: OTHER, resourceGroup: 'dns', client: DNS },
  });
  const client = (purpose: 'secrets' | 'dns') =>
    cloud.identity({ ...subject, purpose }).serviceAccountAnnotations['azure.workload.identity/client-id'];
  expect([client('secrets'), client('dns')]).toEqual([OTHER, DNS]);
  expect(cloud.dnsZone).toMatchObject({ kind: 'azure-dns', resourceGroup: 'dns', client: DNS });
  expect(cloud.secretStore?.backend).toMatchObject({ url: 'https://acme-lake.vault.azure.net' });
  expect(cloud.secretStore?.key('lakeport', 'azure', 'git')).toBe('lakeport-azure-git');
});

test('without a key vault and a zone there is none, and the option that names one is told', () => {
  const { secretStore, secretStoreOption, dnsZone, dnsZoneOption } = azure(OPTIONS);
  expect([secretStore, dnsZone]).toEqual([undefined, undefined]);
  expect([secretStoreOption.field, dnsZoneOption.field]).toEqual(['cloud.keyVault', 'cloud.dns']);
});

test.each(['raw', 'lake-raw', '0', 'a-b-c'].map((name) => name.padEnd(3, '0')))('Azure takes %s', (name) => {
  expect(azure(OPTIONS).objectStore.bucketProblem(name)).toBeUndefined();
});

test.each([
  ['ab', 'has 2 characters'],
  ['x'.repeat(64), 'has 64 characters'],
  ['Lake', 'lower-case'],
  ['lake_raw', 'lower-case'],
  ['lake--raw', 'single dashes'],
  ['-lake', 'at both ends'],
  ['lake-', 'at both ends'],
])('Azure refuses %s', (name, why) => {
  expect(azure(OPTIONS).objectStore.bucketProblem(name)).toContain(why);
});

describe('nodes', () => {
  const { objects, upstream } = nodesOf(azure(OPTIONS));

  test('AKS runs Karpenter itself', () => {
    expect(upstream).toEqual([]);
    expect([...objects.keys()].sort()).toEqual([
      'AKSNodeClass regular',
      'AKSNodeClass spot',
      'AKSNodeClass spot-local-disk',
      'NodePool regular',
      'NodePool spot',
      'NodePool spot-local-disk',
    ]);
  });

  test('every node can attach the volumes of the storage class', () => {
    expect(azure(OPTIONS).blockStorage).toEqual({ name: 'managed-csi-premium' });
    for (const name of ['regular', 'spot', 'spot-local-disk']) {
      const premium = requirement(
        objects.get(`NodePool ${name}`),
        'karpenter.azure.com/sku-storage-premium-capable',
      );
      expect(premium.values).toEqual(['true']);
    }
  });

  test('a local disk is larger than the disk that is to lie on it', () => {
    const [least] = requirement(
      objects.get('NodePool spot-local-disk'),
      'karpenter.azure.com/sku-storage-ephemeralos-maxsize',
    ).values;
    expect(Number(least)).toBeGreaterThanOrEqual(objects.get('AKSNodeClass spot-local-disk').osDiskSizeGB);
  });

  test('tags have no character that Azure forbids', () => {
    for (const [name, spec] of objects) {
      if (name.startsWith('AKS')) expect(Object.keys(spec.tags).join('')).not.toMatch(/[<>%&?\\/]/);
    }
  });
});

test('regular means «not spot», since older node pools carry no label', () => {
  const { capacity } = azure(OPTIONS);
  const { affinity } = scheduling('on-demand', capacity);
  const [term] =
    affinity.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  expect(term?.matchExpressions?.map(({ operator }) => operator)).toEqual(['NotIn', 'NotIn', 'NotIn']);
  expect(capacity.spotTolerations).toContainEqual({
    key: 'kubernetes.azure.com/scalesetpriority',
    operator: 'Equal',
    value: 'spot',
    effect: 'NoSchedule',
  });
});

test.each([
  ['tenant', { tenant: 'example.onmicrosoft.com' }, 'is no tenant id'],
  ['client', { client: 'lake-identity' }, 'is no client id'],
  ['storageAccount', { storageAccount: 'Acme-Lake' }, 'is no storage account'],
  ['storageAccount', { storageAccount: 'a'.repeat(25) }, 'is no storage account'],
  ['cluster', { cluster: '' }, 'is no name of an AKS cluster'],
  ['limits.regular.cpu', { limits: { regular: { cpu: 'many' } } }, 'is no CPU quantity'],
  ['keyVault.name', { keyVault: { name: 'acme--lake', client: OTHER } }, 'is no name of a key vault'],
  ['keyVault.client', wrong({ keyVault: { name: 'acme-lake' } }), 'is missing'],
  [
    'dns.subscription',
    { dns: { subscription: 'mine', resourceGroup: 'dns', client: OTHER } },
    'is no subscription',
  ],
  ['dns.client', wrong({ dns: { subscription: OTHER, resourceGroup: 'dns' } }), 'is missing'],
  ['secretRefresh', { secretRefresh: '60 minutes' }, 'is no duration'],
  ['region', wrong({ region: 'westeurope' }), 'there is no such setting'],
])('a wrong %s is refused: %j', (field, change, message) => {
  expect(refusal(() => azure({ ...OPTIONS, ...change }))).toMatchObject({
    field: `cloud.${field}`,
    message: expect.stringContaining(message),
  });
});
