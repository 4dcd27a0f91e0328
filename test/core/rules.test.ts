import type { Manifest } from '../../core/manifest';
import type { SiteModel } from '../../core/model';
import { rules } from '../../core/rules';
import { server, serverComponent, synth } from '../support/platform';

const { model } = synth([
  serverComponent('shop'),
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
  'isolated-namespaces': [
    (objects) => (find(objects, 'NetworkPolicy', 'default-deny').metadata.name = 'other'),
  ],
};

/** Rules that look at what components declare; test/core/input.test.ts and below break these. */
const DECLARED = ['spot-floor', 'quotas-fit'];

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

test('quotas-fit names the namespace and what it needs', () => {
  expect(() =>
    synth([serverComponent('shop')], {
      components: { shop: { replicas: { min: 2, typical: 4, max: 101 } } },
    }),
  ).toThrow(/quota of namespace shop: cpu: what may run in shop at most needs 101/);
});
