import { generatedSecret, secrets, storedSecret } from '../../charts/foundation/secrets';
import { azure } from '../../clouds/azure';
import { gcp } from '../../clouds/gcp';
import { onprem } from '../../clouds/onprem';
import type { Cloud } from '../../core/cloud';
import { testCloud } from '../support/cloud';
import { leaning, objectOf } from '../support/foundation';
import { serverComponent, synth } from '../support/platform';

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

test('a text takes nothing that is not generated', () => {
  const keys = { password: 'password' } as const;
  const withText = (uri: string) =>
    leaning((chart) => generatedSecret(chart, { name: 'login', keys, texts: { uri } }));
  expect(() => withText('{{ .passwort }}')).toThrow('a text takes {{ .passwort }}; it can take password');
  expect(() => withText('{{ .password | b64enc }}')).toThrow('a text takes');
  expect(() => withText('{{.password}}')).not.toThrow();
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

test('the credentials of a registry are a Secret of its type, and a property that every store finds', () => {
  const type = 'kubernetes.io/dockerconfigjson';
  const site = leaning(
    (chart) => storedSecret(chart, { name: 'registry', keys: ['.dockerconfigjson'], type }),
    {
      cloud: onprem({ vault }),
    },
  );
  expect(spec(site, 'registry')).toMatchObject({
    target: { template: { type } },
    data: [{ secretKey: '.dockerconfigjson', remoteRef: { property: 'dockerconfigjson' } }],
  });
});

test('a name that the store would refuse is told', () => {
  const cloud = gcp({ project: 'acme-lake', cluster: 'lake' });
  const render = () =>
    leaning((chart) => storedSecret(chart, { name: 'git.token', keys: ['token'] }), { cloud });
  expect(render).toThrow('Secret shop/git.token: is a name that the store of secrets refuses');
  expect(render).toThrow('"lakeport-test-git.token"');
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

test('whoever has a grant that wants keys needs what has them made, and no other does', () => {
  const shop = serverComponent('shop', {
    also: (chart) => void chart.grant(chart.pods('server'), 'server', 'read', 'raw'),
  });
  const rendered = (cloud: Cloud) =>
    synth([secrets, shop], { cloud, components: { secrets: false }, spotFloor: 0 });
  expect(() => rendered(onprem({ endpoint: 'https://s3.example.com' }))).toThrow(
    'shop needs secrets, which overlay test turns off',
  );
  expect(() => rendered(testCloud())).not.toThrow();
});

test('nobody who may edit a namespace may read the store through it', () => {
  const { model } = leaning(() => undefined);
  const chart = model.recorded.get('secrets')?.upstream.find(({ name }) => name === 'external-secrets');
  expect(chart).toMatchObject({ values: { rbac: { aggregateToEdit: false, aggregateToAdmin: false } } });
});
