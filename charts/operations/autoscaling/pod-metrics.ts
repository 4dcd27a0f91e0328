import type { ComponentChart } from '../../../core/chart';
import { fixed } from '../../../core/scale';
import { upstreamPods } from '../../../core/upstream-pods';
import { versions } from '../../../versions';
import { ISSUERS } from '../../foundation/certificates';
import { CONTROL_PLANE } from './control-plane';

const NAME = 'metrics-server';

/** Labels that the chart gives its pods. */
export const POD_METRICS_LABELS = {
  'app.kubernetes.io/name': NAME,
  'app.kubernetes.io/instance': NAME,
} as const;

/** Port of its pods, which is the one of kubelets too. */
const PORT = 10_250;

/** What tells how much CPU and memory pods use, without which nothing is scaled by it: metrics-server. */
export function writePodMetrics(chart: ComponentChart): void {
  const pods = chart.pods('pod-metrics');
  chart.serveApiServer(pods, PORT);
  // Nodes have addresses of their own.
  chart.reach(pods, { name: 'kubelets', cidrs: ['0.0.0.0/0'], ports: [PORT] });
  const placed = upstreamPods(chart, {
    name: NAME,
    role: 'pod-metrics',
    resources: { cpu: '100m', memory: '512Mi' },
    priority: 'system',
    replicas: fixed(2, 'each knows all; the second is there when a node goes'),
  });
  chart.upstream({
    kind: 'chart',
    name: NAME,
    repository: 'https://kubernetes-sigs.github.io/metrics-server',
    chart: NAME,
    version: versions.metricsServer,
    namespace: chart.home,
    alsoIn: [CONTROL_PLANE],
    values: {
      replicas: 2,
      ...placed,
      podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
      apiService: { insecureSkipTLSVerify: false },
      tls: {
        type: 'cert-manager',
        certManager: {
          existingIssuer: { enabled: true, kind: 'ClusterIssuer', name: ISSUERS.internal },
          duration: '2160h0m0s',
          renewBefore: '720h0m0s',
        },
      },
      args: chart.site.cloud.podMetrics === 'needed-unverified' ? ['--kubelet-insecure-tls'] : [],
    },
  });
}
