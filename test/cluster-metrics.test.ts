import { type Measured, metricsOf } from './cluster/metrics';

const pod = (name: string, phase: string, requests?: Record<string, string>): Measured => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'trips' },
  spec: { containers: [{ name: 'main', ...(requests ? { resources: { requests } } : {}) }] },
  status: { phase },
});

test('a running pod uses half of what it asks for, and no other pod is measured', () => {
  const now = new Date('2026-01-02T03:04:05Z');
  const pods = [
    pod('busy', 'Running', { cpu: '250m', memory: '1Gi' }),
    pod('new', 'Pending', { cpu: '1', memory: '1Gi' }),
    pod('free', 'Running'),
  ];
  expect(metricsOf(pods, now)).toEqual({
    kind: 'PodMetricsList',
    apiVersion: 'metrics.k8s.io/v1beta1',
    metadata: {},
    items: [
      {
        metadata: { name: 'busy', namespace: 'trips' },
        timestamp: '2026-01-02T03:04:05.000Z',
        window: '1s',
        containers: [{ name: 'main', usage: { cpu: '125m', memory: '536870912' } }],
      },
      {
        metadata: { name: 'free', namespace: 'trips' },
        timestamp: '2026-01-02T03:04:05.000Z',
        window: '1s',
        containers: [{ name: 'main', usage: { cpu: '0m', memory: '0' } }],
      },
    ],
  });
});
