import type { ComponentChart } from '../../../core/chart';
import { fixed } from '../../../core/scale';
import { type UpstreamPods, upstreamPods } from '../../../core/upstream-pods';
import { PRIORITIES } from '../../../core/workload';
import type { JsonValue } from '../../../core/yaml';
import { versions } from '../../../versions';
import { publicZone } from './issuers';
import type { Settings } from './settings';

/** Release of the chart, and so the name of its Deployment and of its ServiceAccount. */
const OPERATOR = 'cert-manager';

/** Port of the webhook's pods. */
const WEBHOOK_PORT = 10_250;

const selected = (name: string, component: string) => ({
  'app.kubernetes.io/name': name,
  'app.kubernetes.io/instance': OPERATOR,
  'app.kubernetes.io/component': component,
});

/** Labels that the chart gives its pods, by role. */
export const LABELS = {
  controller: selected('cert-manager', 'controller'),
  webhook: selected('webhook', 'webhook'),
  injector: selected('cainjector', 'cainjector'),
} as const;

/** cert-manager, from its publisher: the controller, its webhook, and what writes authorities where they are believed. */
export function writeOperator(chart: ComponentChart, settings: Settings): void {
  const version = versions.certManager;
  chart.upstream({
    kind: 'manifests',
    name: 'cert-manager-crds',
    repository: 'https://github.com/cert-manager/cert-manager',
    path: 'deploy/crds',
    include: '*cert-manager.io_*.yaml',
    version,
    namespace: chart.home,
  });
  chart.serveApiServer(chart.pods('webhook'), WEBHOOK_PORT);
  const controllers = chart.pods('controller');
  const identity = publicZone(chart, settings) ? chart.identify(controllers, OPERATOR) : undefined;
  if (identity) {
    const { port } = new URL(settings.acme.server);
    const ports = [...new Set([443, Number(port) || 443])];
    // Neither the authority nor the API of the zone has fixed addresses.
    chart.reach(controllers, { name: 'acme', cidrs: ['0.0.0.0/0'], ports });
  }
  const two = (role: keyof typeof LABELS, name: string, memory: string, reason: string) =>
    pods(
      upstreamPods(chart, {
        name,
        role,
        resources: { cpu: '25m', memory },
        priority: 'system',
        replicas: fixed(2, reason),
      }),
    );
  chart.upstream({
    kind: 'chart',
    name: OPERATOR,
    repository: 'quay.io/jetstack/charts',
    chart: 'cert-manager',
    version,
    namespace: chart.home,
    skipCrds: true,
    values: {
      global: {
        priorityClassName: PRIORITIES.system,
        // In kube-system by default, which some clusters keep to themselves.
        leaderElection: { namespace: chart.home },
      },
      crds: { enabled: false },
      serviceAccount: { name: OPERATOR, annotations: { ...identity?.serviceAccountAnnotations } },
      podLabels: { ...identity?.podLabels },
      // Names are looked up where all pods look them up; authoritative servers are outside, and nothing leads there.
      dns01RecursiveNameserversOnly: true,
      // A hook that waits for the webhook: Argo CD waits for its Deployment.
      startupapicheck: { enabled: false },
      ...two('controller', OPERATOR, '256Mi', LEADER),
      webhook: {
        securePort: WEBHOOK_PORT,
        timeoutSeconds: 10,
        ...two(
          'webhook',
          `${OPERATOR}-webhook`,
          '128Mi',
          'answers in milliseconds; the second is there when a node goes',
        ),
      },
      cainjector: two('injector', `${OPERATOR}-cainjector`, '512Mi', LEADER),
    },
  });
}

const LEADER = 'one leads, the other takes over';

/** Placement and size of two replicas as the chart wants them; it has the priority once for all pods. */
const pods = ({ priorityClassName: _, ...values }: UpstreamPods): Record<string, JsonValue> => ({
  ...values,
  replicaCount: 2,
  podDisruptionBudget: { enabled: true, minAvailable: 1 },
});
