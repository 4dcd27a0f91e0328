import { type CertificateProps, certificate } from '../../charts/foundation/certificates';
import { generatedSecret } from '../../charts/foundation/secrets';
import { aws } from '../../clouds/aws';
import { onprem } from '../../clouds/onprem';
import { leaning, objectOf } from '../support/foundation';

const cloud = aws({ region: 'eu-central-1', account: '111122223333', cluster: 'lake' });
const issued = (props: CertificateProps) => leaning((chart) => certificate(chart, props));
const specOf = (props: CertificateProps) => objectOf(issued(props), 'Certificate', props.secret).spec;

test('a certificate of a Service has all names by which pods ask for it', () => {
  expect(specOf({ secret: 'tls', service: 'shop' })).toMatchObject({
    dnsNames: ['shop', 'shop.shop', 'shop.shop.svc', 'shop.shop.svc.cluster.local'],
    issuerRef: { kind: 'ClusterIssuer', name: 'lakeport-internal' },
    usages: ['digital signature', 'server auth'],
  });
  expect(specOf({ secret: 'tls', service: 'shop', eachPod: true })).toMatchObject({
    dnsNames: expect.arrayContaining(['*.shop.shop.svc.cluster.local']),
  });
});

test('who uses its Secret finds it, with the authority where it is ours', () => {
  const keys = (props: CertificateProps) =>
    issued(props).model.findMaker({ group: '', kind: 'Secret', namespace: 'shop', name: props.secret })?.made
      .keys;
  expect(keys({ secret: 'tls', service: 'shop' })).toEqual(['tls.crt', 'tls.key', 'ca.crt']);
  expect(keys({ secret: 'tls', hosts: ['shop.lake.example.com'], issuer: 'public' })).toEqual([
    'tls.crt',
    'tls.key',
  ]);
});

test('key stores of Java take their password from a Secret of the site', () => {
  const with12 = (key: string) =>
    leaning((chart) => {
      generatedSecret(chart, { name: 'stores', keys: { password: 'password' } });
      certificate(chart, { secret: 'tls', service: 'shop', pkcs12: { secret: 'stores', key } });
    });
  expect(with12('password').model.made.map(({ made }) => made.name)).toContain('tls');
  expect(() => with12('pass')).toThrow('is no key of Secret shop/stores, which has password');
});

test('the authority keeps its key when it is renewed', () => {
  const site = leaning(() => undefined);
  expect(objectOf(site, 'Certificate', 'lakeport-authority').spec).toMatchObject({
    isCA: true,
    privateKey: { rotationPolicy: 'Never' },
  });
});

test('public names are signed by ACME where the cloud has a zone, else inside the cluster', () => {
  const issuer = (...changes: Parameters<typeof leaning>) =>
    objectOf(leaning(...changes), 'ClusterIssuer', 'lakeport-public').spec;
  expect(issuer(() => undefined, { cloud })).toMatchObject({
    acme: { solvers: [{ dns01: { route53: { region: 'eu-central-1' } } }] },
  });
  expect(issuer(() => undefined, { cloud, components: { certificates: { public: 'internal' } } })).toEqual({
    ca: { secretName: 'lakeport-authority' },
  });
  expect(issuer(() => undefined, { cloud: onprem() })).toEqual({ ca: { secretName: 'lakeport-authority' } });
});

test('ACME without a zone is refused', () => {
  const render = () =>
    leaning(() => undefined, { cloud: onprem(), components: { certificates: { public: 'acme' } } });
  expect(render).toThrow(/certificates › public: an ACME authority asks for a record in public DNS/);
});

test('an authority of the store needs a store', () => {
  const components = { certificates: { authority: 'stored' } };
  expect(() => leaning(() => undefined, { cloud: onprem(), components })).toThrow(
    /certificates › authority: the Secret certificates\/lakeport-authority comes from a store of secrets/,
  );
  const site = leaning(() => undefined, { cloud, components });
  expect(objectOf(site, 'ExternalSecret', 'lakeport-authority').spec).toMatchObject({
    target: { template: { type: 'kubernetes.io/tls' } },
  });
});
