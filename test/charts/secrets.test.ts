import { generatedSecret, storedSecret } from '../../charts/foundation/secrets';
import { azure } from '../../clouds/azure';
import { gcp } from '../../clouds/gcp';
import { onprem } from '../../clouds/onprem';
import { leaning, objectOf } from '../support/foundation';

const vault = { server: 'https://vault.example.com:8200' };
const spec = (...[site, name]: [ReturnType<typeof leaning>, string]) =>
  objectOf(site, 'ExternalSecret', name).spec as Readonly<Record<string, unknown>>;

test('a generated secret is made once, cannot be changed, and stays when its ExternalSecret goes', () => {
  const site = leaning((chart) => generatedSecret(chart, { name: 'login', keys: { password: 'password' } }));
  expect(spec(site, 'login')).toMatchObject({
    refreshPolicy: 'CreatedOnce',
    target: { creationPolicy: 'Orphan', immutable: true },
  });
});

test('one that is rotated is made anew by the clock, and may be changed', () => {
  const keys = { password: 'password' } as const;
  const site = leaning((chart) => generatedSecret(chart, { name: 'login', keys, rotation: '720h' }));
  expect(spec(site, 'login')).toMatchObject({ refreshPolicy: 'Periodic', refreshInterval: '720h' });
  expect(spec(site, 'login')).not.toMatchObject({ target: { immutable: true } });
});

test('each key is generated apart, and texts may use them', () => {
  const site = leaning((chart) =>
    generatedSecret(chart, {
      name: 'login',
      keys: { password: 'password', key: 'hex' },
      texts: { username: 'shop', uri: 'postgres://shop:{{ .password }}@db/shop' },
    }),
  );
  const made = site.model.findMaker({ group: '', kind: 'Secret', namespace: 'shop', name: 'login' });
  expect(made?.made.keys).toEqual(['password', 'key', 'uri', 'username']);
  expect(spec(site, 'login').dataFrom).toMatchObject([
    {
      sourceRef: { generatorRef: { name: 'lakeport-password' } },
      rewrite: [{ regexp: { target: 'password' } }],
    },
    { sourceRef: { generatorRef: { name: 'lakeport-hex' } }, rewrite: [{ regexp: { target: 'key' } }] },
  ]);
});

test.each([
  [onprem({ vault }), 'lakeport/test/git', { vault: { server: vault.server, path: 'secret' } }],
  [
    gcp({ project: 'acme-lake', cluster: 'lake' }),
    'lakeport-test-git',
    { gcpsm: { projectID: 'acme-lake' } },
  ],
])('a stored secret is found in the store under the name of the site (%#)', (cloud, key, provider) => {
  const site = leaning((chart) => storedSecret(chart, { name: 'git', keys: ['user', 'token'] }), { cloud });
  expect(spec(site, 'git').data).toEqual([
    { secretKey: 'user', remoteRef: { key, property: 'user' } },
    { secretKey: 'token', remoteRef: { key, property: 'token' } },
  ]);
  expect(objectOf(site, 'ClusterSecretStore', 'lakeport').spec).toMatchObject({ provider });
});

test('the store is for the namespaces of the site only', () => {
  const site = leaning(() => undefined, { cloud: onprem({ vault }) });
  const names = site.model.site.namespaces.map(({ name }) => name).sort();
  expect(objectOf(site, 'ClusterSecretStore', 'lakeport').spec).toMatchObject({
    conditions: [{ namespaces: names }],
  });
});

const none = azure({
  cluster: 'lake',
  tenant: '00000000-0000-4000-8000-000000000001',
  client: '00000000-0000-4000-8000-000000000002',
  storageAccount: 'acmelake',
});

test.each([
  ['onprem', onprem(), 'cloud.vault', /onprem\(\{ …, vault: /],
  ['azure', none, 'cloud.keyVault', /azure\(\{ …, keyVault: /],
])(
  '%s without a store refuses what people keep, with the option that names one',
  (_, cloud, field, remedy) => {
    const render = () => leaning((chart) => storedSecret(chart, { name: 'git', keys: ['token'] }), { cloud });
    expect(render).toThrow(
      `${field}: the Secret shop/git comes from a store of secrets, and this site names none`,
    );
    expect(render).toThrow(remedy);
  },
);

test('keys of the object store come from the store, once a namespace, however many grants want them', () => {
  const grants = (cloud: ReturnType<typeof onprem>) =>
    leaning(
      (chart) => {
        chart.grant(chart.pods('server'), 'server', 'read', 'raw');
        chart.grant(chart.pods('server'), 'other', 'read', 'logs');
      },
      { cloud },
    );
  const outside = { endpoint: 'https://s3.example.com', spotNodes: false };
  const stored = grants(onprem({ ...outside, vault }));
  const made = stored.model.made.filter(({ made: { name } }) => name === 'object-store-keys');
  expect(made).toMatchObject([
    { component: 'secrets', made: { namespace: 'shop', keys: ['accessKey', 'secretKey'] } },
  ]);
  const { model } = grants(onprem(outside));
  expect(
    model.whyExternal({ group: '', kind: 'Secret', namespace: 'shop', name: 'object-store-keys' }),
  ).toMatch(/without a store/);
});

test('nobody who may edit a namespace may read the store through it', () => {
  const { model } = leaning(() => undefined);
  const chart = model.recorded.get('secrets')?.upstream.find(({ name }) => name === 'external-secrets');
  expect(chart).toMatchObject({ values: { rbac: { aggregateToEdit: false, aggregateToAdmin: false } } });
});
