import type { ComponentChart, ScaledResource } from '../../../core/chart';
import { fixed } from '../../../core/scale';
import { upstreamPods } from '../../../core/upstream-pods';
import { PRIORITIES, restrictedContainer, restrictedPod } from '../../../core/workload';
import type { JsonValue } from '../../../core/yaml';
import { versions } from '../../../versions';
import { ISSUERS } from '../../foundation/certificates';
import { SCALER_PODS } from './endpoints';

const OPERATOR = 'keda-operator';
const METRICS = `${OPERATOR}-metrics-apiserver`;
const WEBHOOK = 'keda-admission-webhooks';

/** Labels that the chart gives its pods, by role. */
export const LABELS = {
  operator: { app: OPERATOR },
  metrics: { app: METRICS },
  webhook: { app: WEBHOOK },
} as const;

/** Ports of the pods. */
const PORTS = { scalers: 9666, metrics: 6443, webhook: 9443 } as const;

/**
 * KEDA, from its publisher: the operator, what hands metrics to the API server, and the webhook.
 * @param scaled custom kinds whose replicas it may change, beside Deployments and StatefulSets
 */
export function writeOperator(chart: ComponentChart, scaled: readonly ScaledResource[]): void {
  const version = versions.keda;
  // Its certificate is from there.
  chart.recorded.needs.add('certificates');
  chart.upstream({
    kind: 'manifests',
    name: 'keda-crds',
    repository: 'https://github.com/kedacore/keda',
    path: 'config/crd',
    version: `v${version}`,
    namespace: chart.home,
  });
  const metrics = chart.pods('metrics');
  chart.allow(metrics, SCALER_PODS, PORTS.scalers);
  chart.serveApiServer(metrics, PORTS.metrics);
  chart.serveApiServer(chart.pods('webhook'), PORTS.webhook);
  const operator = upstreamPods(chart, {
    name: OPERATOR,
    role: 'operator',
    resources: { cpu: '100m', memory: '512Mi' },
    priority: 'system',
    replicas: fixed(2, 'one leads, the other takes over'),
  });
  const server = upstreamPods(chart, {
    name: METRICS,
    role: 'metrics',
    resources: { cpu: '50m', memory: '256Mi' },
    priority: 'system',
    replicas: fixed(2, 'asked once in 15 seconds of each autoscaler; the second is there when a node goes'),
  });
  const webhook = upstreamPods(chart, {
    name: WEBHOOK,
    role: 'webhook',
    resources: { cpu: '25m', memory: '128Mi' },
    priority: 'system',
    replicas: fixed(2, 'answers in milliseconds; the second is there when a node goes'),
  });
  const placed = ({ affinity, tolerations }: typeof operator) => ({ replicaCount: 2, affinity, tolerations });
  chart.upstream({
    kind: 'chart',
    name: 'keda',
    repository: 'https://kedacore.github.io/charts',
    chart: 'keda',
    version,
    namespace: chart.home,
    skipCrds: true,
    values: {
      crds: { install: false },
      clusterName: chart.site.name,
      image: { pullPolicy: 'IfNotPresent' },
      enableServiceLinks: false,
      priorityClassName: PRIORITIES.system,
      operator: { name: OPERATOR, ...placed(operator) },
      metricsServer: placed(server),
      // Two autoscalers of one workload are refused, not only told of.
      webhooks: { name: WEBHOOK, failurePolicy: 'Fail', port: PORTS.webhook, ...placed(webhook) },
      resources: {
        operator: operator.resources,
        metricServer: server.resources,
        webhooks: webhook.resources,
      },
      topologySpreadConstraints: {
        operator: operator.topologySpreadConstraints,
        metricsServer: server.topologySpreadConstraints,
        webhooks: webhook.topologySpreadConstraints,
      },
      podDisruptionBudget: each({ maxUnavailable: 1 }),
      podSecurityContext: each(plain(restrictedPod())),
      securityContext: each(plain(restrictedContainer())),
      // Without this it reads the Secrets of all namespaces.
      permissions: { operator: { restrict: { secret: true } }, metricServer: { restrict: { secret: true } } },
      rbac: {
        enabledCustomScaledRefKinds: scaled.length > 0,
        scaledRefKinds: scaled.map(({ group, resource }) => ({ apiGroup: group, kind: resource })),
      },
      // So it needs no right to change webhooks and APIs of the cluster.
      certificates: {
        certManager: {
          enabled: true,
          generateCA: false,
          duration: '2160h0m0s',
          renewBefore: '720h0m0s',
          issuer: {
            generate: false,
            group: 'cert-manager.io',
            kind: 'ClusterIssuer',
            name: ISSUERS.internal,
          },
        },
      },
    },
  });
}

const each = (value: JsonValue) => ({ operator: value, metricServer: value, webhooks: value });

/** Plain data all through; interfaces have no index signature, so the compiler cannot see it. */
const plain = (value: object): JsonValue => value as JsonValue;
