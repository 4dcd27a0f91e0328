import type { Manifest } from '../../core/manifest';
import { server, serverComponent, synth } from '../support/platform';

const { model, order } = synth([
  serverComponent('shop'),
  serverComponent('till', {
    also: (chart) => {
      const pods = chart.pods('server');
      chart.connect(server('shop'), pods);
      chart.grant(pods, 'server', 'read', 'raw');
      chart.useApiServer(pods);
      chart.serveApiServer(pods, 9443);
    },
  }),
]);

const policies = model.entries.filter(({ manifest }) => manifest.kind === 'NetworkPolicy');
const policy = (namespace: string, name: string): Manifest['spec'] =>
  policies.find(
    ({ manifest }) => manifest.metadata.namespace === namespace && manifest.metadata.name === name,
  )?.manifest.spec;

const pods = (component: string) => ({
  matchLabels: { 'app.kubernetes.io/name': component, 'app.kubernetes.io/component': 'server' },
});
const inNamespace = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } });

test('every namespace is closed in both directions and may resolve names', () => {
  for (const namespace of ['shop', 'till', 'team-blue']) {
    expect(policy(namespace, 'default-deny')).toEqual({
      podSelector: {},
      policyTypes: ['Egress', 'Ingress'],
    });
    expect(policy(namespace, 'allow-dns')).toBeDefined();
  }
});

test('a connection opens the way out and the way in, to the port of the pods', () => {
  expect(policy('till', 'till-server-to-shop-server')).toEqual({
    podSelector: pods('till'),
    policyTypes: ['Egress'],
    egress: [
      {
        to: [{ namespaceSelector: inNamespace('shop'), podSelector: pods('shop') }],
        ports: [{ port: 80, protocol: 'TCP' }],
      },
    ],
  });
  expect(policy('shop', 'shop-server-from-till-server')).toEqual({
    podSelector: pods('shop'),
    policyTypes: ['Ingress'],
    ingress: [
      {
        from: [{ namespaceSelector: inNamespace('till'), podSelector: pods('till') }],
        ports: [{ port: 80, protocol: 'TCP' }],
      },
    ],
  });
});

test('a grant opens the way to the object store and to the identity of the cloud', () => {
  expect(policy('till', 'till-server-to-object-store')).toBeDefined();
  expect(policy('till', 'till-server-to-identity')).toBeDefined();
});

test('the API server is reached by those who say so, and calls webhooks', () => {
  expect(policy('till', 'till-server-to-api-server')).toBeDefined();
  expect(policy('till', 'till-server-from-api-server')).toEqual({
    podSelector: pods('till'),
    policyTypes: ['Ingress'],
    ingress: [{ ports: [{ port: 9443, protocol: 'TCP' }] }],
  });
  expect(policy('shop', 'shop-server-to-api-server')).toBeUndefined();
});

test('there is no policy that nobody asked for', () => {
  // Two in each of three namespaces, one pair for the connection, two for the grant, two for the API server.
  expect(policies).toHaveLength(3 * 2 + 2 + 2 + 2);
});

test('who connects comes after whom it connects to, and both after the namespaces', () => {
  expect(Object.fromEntries(order.waves)).toEqual({ ground: 0, shop: 1, till: 2 });
});
