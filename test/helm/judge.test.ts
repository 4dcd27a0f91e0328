import { z } from 'zod';
import { component } from '../../core/component';
import type { Manifest } from '../../core/manifest';
import { fixed } from '../../core/scale';
import { upstreamPods } from '../../core/upstream-pods';
import { synth } from '../support/platform';
import type { ChartUpstream, RenderedChart } from './chart';
import { judgeCharts, unknownValues } from './judge';

const LABELS = { app: 'operator' };

/** A component whose pods a chart brings. */
const addon = component({
  name: 'addon',
  summary: 'From a publisher',
  settings: z.strictObject({}),
  pods: { operator: 'on-demand' },
  labels: { operator: LABELS },
  namespaces: () => [{ name: 'addon', quota: { cpu: '2', memory: '4Gi', pods: 12 } }],
  build(chart) {
    chart.serveApiServer(chart.pods('operator'), 9443);
    const { resources, priorityClassName } = upstreamPods(chart, {
      name: 'operator',
      role: 'operator',
      resources: { cpu: '100m', memory: '128Mi' },
      priority: 'system',
      replicas: fixed(2, 'one leads'),
    });
    const values = { replicas: 2, resources, priorityClassName };
    chart.upstream({ ...upstream, values });
  },
});

const upstream: ChartUpstream = {
  kind: 'chart',
  name: 'operator',
  repository: 'https://charts.example.com',
  chart: 'operator',
  version: '1.0.0',
  namespace: 'addon',
  values: { replicas: 2 },
};

const BUDGET: Manifest = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'operator' },
  spec: { maxUnavailable: 1, selector: { matchLabels: LABELS } },
};

const { model } = synth([addon], { spotFloor: 0 });

/** An object that may be changed at will: tests break it on purpose. */
// biome-ignore lint/suspicious/noExplicitAny: a test reaches into objects of every kind
type Loose = any;

const deployment = (): Loose => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'operator' },
  spec: {
    replicas: 2,
    selector: { matchLabels: LABELS },
    template: {
      metadata: { labels: LABELS },
      spec: {
        automountServiceAccountToken: false,
        nodeSelector: { 'kubernetes.io/os': 'linux' },
        priorityClassName: 'lakeport-system',
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [
                { matchExpressions: [{ key: 'test.io/capacity', operator: 'NotIn', values: ['spot'] }] },
              ],
            },
          },
        },
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            name: 'operator',
            image: 'example.com/operator:1.0.0',
            ports: [{ containerPort: 9443 }],
            resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '128Mi' } },
            securityContext: {
              allowPrivilegeEscalation: false,
              capabilities: { drop: ['ALL'] },
              readOnlyRootFilesystem: true,
            },
          },
        ],
      },
    },
  },
});

/** What is wrong with the chart when its Deployment is changed so. */
function judged(change: (object: Loose) => void, chart: Partial<RenderedChart> = {}): string[] {
  const object = deployment();
  change(object);
  const rendered = {
    manifests: [object as Manifest, BUDGET],
    defaults: { replicas: 1 },
    hasSchema: false,
    ...chart,
  };
  return judgeCharts(model, 'addon', [{ upstream, ...rendered }]);
}

test('a chart whose pods are as declared is right', () => {
  expect(judged(() => undefined)).toEqual([]);
});

test.each<[string, (object: Loose) => void, RegExp]>([
  ['on nodes of another sort', (o) => (o.spec.template.spec.nodeSelector = { a: 'b' }), /declared-placement/],
  ['privileged', (o) => delete o.spec.template.spec.containers[0].securityContext, /restricted-pods/],
  ['without requests', (o) => delete o.spec.template.spec.containers[0].resources, /requests-and-limits/],
  ['of another role', (o) => (o.spec.template.metadata.labels = {}), /no pod has the role operator/],
  [
    'deaf',
    (o) => (o.spec.template.spec.containers[0].ports = []),
    /no pod of the role operator listens on port 9443/,
  ],
  ['too many', (o) => (o.spec.replicas = 3), /has replicas 3, and addon declares 2/],
  [
    'larger',
    (o) => (o.spec.template.spec.containers[0].resources.requests.cpu = '1'),
    /has CPU 1, and addon declares 0.1/,
  ],
  ['unknown', (o) => (o.metadata.name = 'other'), /is declared by no demand of addon/],
  [
    'elsewhere',
    (o) => (o.metadata.namespace = 'kube-system'),
    /lies in a namespace that alsoIn does not name/,
  ],
])('pods that are %s are told', (_, change, problem) => {
  expect(judged(change).join('\n')).toMatch(problem);
});

test('replicas that could all be drained at once are told', () => {
  const manifests = [deployment() as Manifest];
  expect(judged(() => undefined, { manifests })).toEqual([
    'Deployment addon/operator has no disruption budget',
  ]);
});

test('a value that the chart does not read is told, unless Helm itself refuses it', () => {
  const defaults = { replica: 1 };
  expect(judged(() => undefined, { defaults })).toEqual(['the chart knows no value replicas']);
  expect(judged(() => undefined, { defaults, hasSchema: true })).toEqual([]);
});

test('values are looked up at any depth, and maps that are empty may hold anything', () => {
  const defaults = { operator: { replicas: 1, affinity: {} } };
  expect(unknownValues({ operator: { replicas: 2, affinity: { any: { thing: 1 } } } }, defaults)).toEqual([]);
  expect(unknownValues({ operator: { replica: 2 }, webhook: {} }, defaults)).toEqual([
    'the chart knows no value operator.replica',
    'the chart knows no value webhook',
  ]);
});
