import { onprem } from '../../clouds/onprem';
import { nodesOf, refusal, wrong } from './support';

const subject = { namespace: 'team-blue', serviceAccount: 'spark' };

test('by default the store is in the cluster, and nothing outside is needed', () => {
  const { objectStore, objectStoreEgress, identityEgress, hasSpot } = onprem();
  expect(objectStore.uri('lake-raw', 'trips')).toBe('s3a://lake-raw/trips');
  expect(objectStore.hadoop).toEqual({
    'fs.s3a.endpoint': 'http://object-store.object-store.svc:8333',
    'fs.s3a.endpoint.region': 'onprem',
    'fs.s3a.path.style.access': 'true',
    'fs.s3a.connection.ssl.enabled': 'false',
  });
  expect(objectStore.inCluster).toEqual({ component: 'object-store', role: 'gateway', port: 8333 });
  expect([...objectStoreEgress, ...identityEgress]).toEqual([]);
  expect(hasSpot).toBe(false);
});

test.each([
  ['https://s3.example.com', 's3.example.com', true, 443],
  ['https://s3.example.com:9000', 's3.example.com:9000', true, 9000],
  ['http://s3.example.com/', 's3.example.com', false, 80],
])('a store outside the cluster: %s', (endpoint, host, tls, port) => {
  const { objectStore, objectStoreEgress } = onprem({ endpoint });
  expect(objectStore.client).toMatchObject({ endpoint: host, tls, pathStyle: true });
  expect(objectStore.hadoop['fs.s3a.endpoint']).toBe(`${tls ? 'https' : 'http'}://${host}`);
  expect(objectStore.inCluster).toBeUndefined();
  expect(objectStoreEgress).toEqual([{ name: 'object-store', cidrs: ['0.0.0.0/0'], ports: [port] }]);
});

test('pods have their keys from a Secret, which is named and never written', () => {
  const { env, hadoop, secret } = onprem().identity(subject);
  expect(secret).toEqual({ name: 'object-store-keys', accessKey: 'accessKey', secretKey: 'secretKey' });
  expect(env).toEqual(
    [
      ['AWS_ACCESS_KEY_ID', 'accessKey'],
      ['AWS_SECRET_ACCESS_KEY', 'secretKey'],
    ].map(([name, key]) => ({ name, valueFrom: { secretKeyRef: { name: 'object-store-keys', key } } })),
  );
  expect(hadoop['fs.s3a.aws.credentials.provider']).toMatch(/\.EnvironmentVariableCredentialsProvider$/);
});

test('nodes and the storage class are there already', () => {
  const { objects, upstream } = nodesOf(onprem());
  expect([...objects.keys(), ...upstream]).toEqual([]);
  expect(onprem({ storageClass: 'ceph-block' }).blockStorage).toEqual({ name: 'ceph-block' });
});

test.each([
  ['https://vault.example.com:8200', 8200],
  ['https://vault.example.com', 443],
])('a store of secrets is reached at its own port: %s', (server, port) => {
  const { secretStore } = onprem({ vault: { server }, secretRefresh: '1h30m' });
  expect(secretStore?.egress).toEqual([{ name: 'secret-store', cidrs: ['0.0.0.0/0'], ports: [port] }]);
  expect(secretStore?.refresh).toBe('1h30m');
  expect(secretStore?.key('lakeport', 'onprem', 'git')).toBe('lakeport/onprem/git');
});

test('by default there is no store of secrets, and no zone: all is made in the cluster', () => {
  expect([onprem().secretStore, onprem().dnsZone]).toEqual([undefined, undefined]);
});

test('the API server is reached by its own port', () => {
  expect(onprem().apiServer.ports).toEqual([6443]);
  expect(onprem({ apiServerPort: 443 }).apiServer.ports).toEqual([443]);
});

test.each([
  ['endpoint', { endpoint: 's3.example.com:9000' }, 'is no URL'],
  ['endpoint', { endpoint: 'ftp://s3.example.com' }, 'is no URL'],
  ['endpoint', { endpoint: 'https://s3.example.com/lake' }, 'more than scheme, host and port'],
  ['endpoint', { endpoint: 'https://key:secret@s3.example.com' }, 'more than scheme, host and port'],
  ['apiServerPort', { apiServerPort: 70_000 }, 'is too large'],
  ['apiServerPort', { apiServerPort: wrong('6443') }, 'is no'],
  ['spotNodes', { spotNodes: wrong('yes') }, 'is not true or false'],
  ['storageClass', { storageClass: '' }, 'is too short'],
  ['region', { region: '' }, 'is too short'],
  ['vault.server', { vault: { server: 'http://vault.example.com' } }, 'is no https URL'],
  ['vault.ca', { vault: { server: 'https://vault.example.com', ca: '/etc/ca.pem' } }, 'is no certificate'],
  ['secretRefresh', { secretRefresh: '0h' }, 'is no duration'],
  ['secretRefresh', { secretRefresh: '' }, 'is no duration'],
  ['bucket', wrong({ bucket: 'lake' }), 'there is no such setting'],
])('a wrong %s is refused: %j', (field, change, message) => {
  expect(refusal(() => onprem(change))).toMatchObject({
    field: `cloud.${field}`,
    message: expect.stringContaining(message),
  });
});
