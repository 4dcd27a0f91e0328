import { ApiObject } from 'cdk8s';
import { z } from 'zod';
import type { ComponentChart } from '../../core/chart';
import { component } from '../../core/component';
import type { Manifest } from '../../core/manifest';
import type { SiteModel } from '../../core/model';
import { rules } from '../../core/rules';
import { render } from '../../core/synth';
import { overlay, platformOf, server, serverComponent, synth } from '../support/platform';

/** Has a controller make a Secret of each of its objects. */
const vaults = component({
  name: 'vaults',
  summary: 'Makes secrets',
  settings: z.strictObject({}),
  pods: {},
  apis: [
    {
      group: 'vaults.test.io',
      kinds: {
        Vault: {
          scope: 'Namespaced',
          makes: ({ metadata: { name, namespace } }) => [
            { group: '', kind: 'Secret', namespace, name, keys: ['password'] },
          ],
        },
        Scaler: {
          scope: 'Namespaced',
          scales: ({ metadata: { name, namespace } }) => ({
            group: 'apps',
            kind: 'Deployment',
            namespace,
            name,
            path: 'spec',
          }),
        },
      },
    },
  ],
  namespaces: () => [],
  build: () => undefined,
});

const vault = (name: string) => (chart: ComponentChart) => {
  const metadata = { name, namespace: chart.home };
  new ApiObject(chart, `vault-${name}`, { apiVersion: 'vaults.test.io/v1', kind: 'Vault', metadata });
};

const { model, order } = synth([
  vaults,
  serverComponent('shop', { also: vault('login') }),
  serverComponent('till', { also: (chart) => void chart.connect(server('shop'), chart.pods('server')) }),
]);

/** An object that may be changed at will: tests break it on purpose. */
// biome-ignore lint/suspicious/noExplicitAny: a test reaches into objects of every kind
type Loose = any;

/** The same site with its objects changed, added or removed by `change`. */
function changed(change: (objects: Loose[]) => void): SiteModel {
  const copies = model.entries.map(({ component, manifest }) => ({
    component,
    manifest: structuredClone(manifest),
  }));
  const objects: Loose[] = copies.map(({ manifest }) => manifest);
  change(objects);
  const entries = objects.map((manifest: Manifest, index) => ({
    component: copies[index]?.component ?? 'shop',
    manifest,
  }));
  const kept = entries.filter(({ manifest }) => manifest !== undefined);
  return model.with(kept);
}

const secretKey = (key: string) => ({ name: 'A', valueFrom: { secretKeyRef: { name: 'login', key } } });

const find = (objects: Loose[], kind: string, name?: string): Loose =>
  objects.find((object) => object.kind === kind && (name === undefined || object.metadata.name === name));

const pod = (objects: Loose[]): Loose => find(objects, 'Deployment', 'shop').spec.template.spec;
const container = (objects: Loose[]): Loose => pod(objects).containers[0];

const role = (rules: Loose[]) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  metadata: {
    name: 'reader',
    namespace: 'shop',
    labels: find([...model.entries.map((e) => e.manifest)], 'Deployment').metadata.labels,
  },
  rules,
});

const loginOf = (objects: Loose[]) => structuredClone(find(objects, 'Vault', 'login').metadata);

/** Ways to break each rule. */
const BREAKS: Readonly<Record<string, readonly ((objects: Loose[]) => void)[]>> = {
  'unique-names': [(objects) => objects.push(structuredClone(find(objects, 'Service')))],
  'valid-names': [
    (objects) => (find(objects, 'Service').metadata.name = 'Shop_1'),
    (objects) => (find(objects, 'Service').metadata.name = 'x'.repeat(64)),
    (objects) => (find(objects, 'Deployment').metadata.labels['-bad'] = 'x'),
    (objects) => (find(objects, 'Deployment').metadata.labels.good = 'x'.repeat(64)),
    (objects) => (find(objects, 'Deployment').metadata.annotations = { number: 1 }),
  ],
  'standard-labels': [(objects) => delete find(objects, 'Service').metadata.labels['app.kubernetes.io/name']],
  'known-scope': [
    (objects) => (find(objects, 'Service').apiVersion = 'example.com/v1'),
    (objects) => delete find(objects, 'Service').metadata.namespace,
    (objects) => (find(objects, 'Namespace').metadata.namespace = 'shop'),
  ],
  'closed-references': [
    (objects) => (pod(objects).serviceAccountName = 'nobody'),
    (objects) => (pod(objects).priorityClassName = 'urgent'),
    (objects) => (pod(objects).volumes = [{ name: 'x', configMap: { name: 'nowhere' } }]),
    (objects) => (pod(objects).volumes = [{ name: 'x', secret: { secretName: 'nowhere' } }]),
    (objects) => (container(objects).envFrom = [{ secretRef: { name: 'nowhere' } }]),
    (objects) =>
      (container(objects).env = [{ name: 'A', valueFrom: { secretKeyRef: { name: 'nowhere', key: 'a' } } }]),
    (objects) => (find(objects, 'HorizontalPodAutoscaler').spec.scaleTargetRef.name = 'nowhere'),
    (objects) => (find(objects, 'Service').metadata.namespace = 'nowhere'),
  ],
  'made-once': [
    (objects) => objects.push({ ...role([]), apiVersion: 'v1', kind: 'Secret', metadata: loginOf(objects) }),
    (objects) => objects.push(structuredClone(find(objects, 'Vault'))),
  ],
  'known-keys': [
    (objects) => (container(objects).env = [secretKey('user')]),
    (objects) =>
      (pod(objects).volumes = [{ name: 'x', secret: { secretName: 'login', items: [{ key: 'user' }] } }]),
    (objects) => {
      const metadata = { ...loginOf(objects), name: 'settings' };
      objects.push({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: '1' } });
      container(objects).env = [
        { name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'b' } } },
      ];
    },
  ],
  'services-have-pods': [
    (objects) => (find(objects, 'Service').spec.selector = { app: 'other' }),
    (objects) => (find(objects, 'Service').spec.ports[0].targetPort = 'other'),
  ],
  'endpoints-exist': [(objects) => (find(objects, 'Service', 'shop').spec.ports[0].port = 81)],
  'declared-placement': [
    (objects) => delete pod(objects).affinity,
    (objects) => delete pod(objects).tolerations,
    (objects) => (pod(objects).nodeSelector = { 'test.io/capacity': 'regular' }),
    (objects) => (find(objects, 'Deployment', 'shop').spec.template.metadata.labels = { app: 'x' }),
  ],
  'requests-and-limits': [
    (objects) => delete container(objects).resources.requests.cpu,
    (objects) => delete container(objects).resources.limits,
    (objects) => (container(objects).resources.requests.cpu = { value: '250m' }),
    (objects) => (container(objects).resources.limits.memory = 'much'),
  ],
  'pinned-images': [
    (objects) => (container(objects).image = 'example.com/shop:latest'),
    (objects) => (container(objects).image = 'example.com:5000/shop'),
  ],
  'tokens-in-use': [
    (objects) => (pod(objects).automountServiceAccountToken = true),
    (objects) => delete pod(objects).automountServiceAccountToken,
  ],
  'served-pods-are-probed': [(objects) => delete container(objects).readinessProbe],
  'served-pods-are-replicated': [
    (objects) => {
      const copy = structuredClone(find(objects, 'Deployment', 'shop'));
      copy.metadata.name = 'single';
      copy.spec.replicas = 1;
      objects.push(copy);
    },
  ],
  'scaled-workloads': [
    (objects) => (find(objects, 'HorizontalPodAutoscaler', 'shop').spec.scaleTargetRef.name = 'other'),
    (objects) => (find(objects, 'Deployment', 'shop').spec.replicas = 3),
    (objects) =>
      objects.push({
        apiVersion: 'vaults.test.io/v1',
        kind: 'Scaler',
        metadata: { ...loginOf(objects), name: 'shop' },
      }),
  ],
  'restricted-pods': [
    (objects) => (pod(objects).hostNetwork = true),
    (objects) => (pod(objects).volumes = [{ name: 'x', hostPath: { path: '/' } }]),
    (objects) => delete container(objects).securityContext,
    (objects) => (container(objects).securityContext.privileged = true),
    (objects) => (container(objects).securityContext.capabilities.add = ['SYS_ADMIN']),
    (objects) => (container(objects).securityContext.readOnlyRootFilesystem = false),
    (objects) => (pod(objects).securityContext.runAsUser = 0),
    (objects) => delete pod(objects).securityContext.seccompProfile,
  ],
  'rbac-without-wildcards': [
    (objects) => objects.push(role([{ apiGroups: [''], resources: ['pods'], verbs: ['*'] }])),
    (objects) => objects.push(role([{ apiGroups: ['*'], resources: ['pods'], verbs: ['get'] }])),
  ],
  'no-secret-values': [
    (objects) =>
      objects.push({ ...role([]), apiVersion: 'v1', kind: 'Secret', stringData: { password: 'x' } }),
  ],
  'stable-selectors': [
    (objects) => (find(objects, 'Service').spec.selector['cdk8s.io/metadata.addr'] = 'c8aa'),
  ],
  'fits-the-server': [
    (objects) => objects.push({ ...role([]), kind: 'ConfigMap', data: { a: 'ä'.repeat(2 ** 19), b: 'x' } }),
    (objects) => objects.push({ ...role([]), kind: 'Secret', data: { a: 'AAAA'.repeat(349_526) } }),
  ],
  'isolated-namespaces': [
    (objects) => (find(objects, 'NetworkPolicy', 'default-deny').metadata.name = 'other'),
  ],
};

/** Rules that look at what components and overlays declare: test/core/input.test.ts and lifecycle.test.ts break these. */
const DECLARED = ['spot-floor', 'quotas-fit', 'nodes-fit', 'lifecycles-keep-what-is-needed'];

test('a good site breaks no rule', () => {
  expect(rules.flatMap((rule) => rule.check(model))).toEqual([]);
});

test('every rule is broken by a test', () => {
  expect(rules.map(({ name }) => name).sort()).toEqual([...Object.keys(BREAKS), ...DECLARED].sort());
});

describe.each(rules.filter(({ name }) => BREAKS[name]))('$name', (rule) => {
  test.each(
    (BREAKS[rule.name] ?? []).map((change) => [String(change).replace(/\s+/g, ' '), change] as const),
  )('is broken by %s', (_, change) => {
    const problems = rule.check(changed(change));
    expect(problems.length).toBeGreaterThan(0);
    for (const problem of problems) {
      expect(problem.field ?? '').not.toBe('');
      expect(problem.message).not.toBe('');
      expect(problem.remedy).not.toBe('');
    }
  });
});

test('an object that a controller makes is there for those who name it, and only in its namespace', () => {
  const reading = (name: string) =>
    changed((objects) => {
      const spec = find(objects, 'Deployment', name).spec.template.spec;
      spec.containers[0].env = [secretKey('password')];
    });
  const broken = (name: string) => rules.flatMap((rule) => rule.check(reading(name)));
  expect(broken('shop')).toEqual([]);
  expect(broken('till')).toMatchObject([{ component: 'till', found: 'till/login' }]);
});

test('who has an object made comes after whoever brings its kind', () => {
  expect(order.edges).toContainEqual({
    from: 'shop',
    to: 'vaults',
    reason: 'writes Vault of vaults.test.io',
  });
});

test('who reads what is made elsewhere comes after whoever has it made', () => {
  const reader = serverComponent('till', {
    also: (chart) => {
      const metadata = { name: 'reader', namespace: 'shop' };
      const env = [secretKey('password')];
      const containers = [{ name: 'a', image: 'a:1', env }];
      new ApiObject(chart, 'reader', { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers } });
    },
  });
  const shop = serverComponent('shop', { also: vault('login') });
  const rendered = render('test', overlay(), platformOf(vaults, reader, shop));
  expect(rendered.order.edges).toContainEqual({ from: 'till', to: 'shop', reason: 'names Secret login' });
});

test('quotas-fit names the namespace and what it needs', () => {
  expect(() =>
    synth([serverComponent('shop')], {
      components: { shop: { replicas: { min: 2, typical: 4, max: 101 } } },
    }),
  ).toThrow(/quota of namespace shop: cpu: what may run in shop at most needs 101/);
});
