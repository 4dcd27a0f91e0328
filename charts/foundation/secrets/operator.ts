import type { ComponentChart } from '../../../core/chart';
import { fixed } from '../../../core/scale';
import { type UpstreamPods, upstreamPods } from '../../../core/upstream-pods';
import type { JsonValue } from '../../../core/yaml';
import { versions } from '../../../versions';

/** Release of the chart, and so the name of its Deployment and of its ServiceAccount. */
export const OPERATOR = 'external-secrets';

/** Port of the webhook's pods. */
const WEBHOOK_PORT = 10_250;

const selected = (name: string) => ({
  'app.kubernetes.io/name': name,
  'app.kubernetes.io/instance': OPERATOR,
});

/** Labels that the chart gives its pods, by role. */
export const LABELS = {
  operator: selected('external-secrets'),
  webhook: selected('external-secrets-webhook'),
  certificates: selected('external-secrets-cert-controller'),
} as const;

/** External Secrets, from its publisher: the operator, its webhook, and what keeps the certificate of the webhook. */
export function writeOperator(chart: ComponentChart): void {
  const repository = 'https://github.com/external-secrets/external-secrets';
  const version = versions.externalSecrets;
  chart.upstream({
    kind: 'manifests',
    name: 'external-secrets-crds',
    repository,
    path: 'config/crds/bases',
    // The folder also has what kustomize reads.
    include: '*external-secrets.io_*.yaml',
    version: `v${version}`,
    namespace: chart.home,
  });
  chart.serveApiServer(chart.pods('webhook'), WEBHOOK_PORT);
  const { secretStore: store } = chart.site.cloud;
  // Vault believes the token of the ServiceAccount itself.
  const identity =
    store && store.backend.kind !== 'vault' ? chart.identify(chart.pods('operator'), OPERATOR) : undefined;
  for (const to of store?.egress ?? []) chart.reach(chart.pods('operator'), to);
  chart.upstream({
    kind: 'chart',
    name: OPERATOR,
    repository: 'https://charts.external-secrets.io',
    chart: 'external-secrets',
    version,
    namespace: chart.home,
    skipCrds: true,
    values: {
      installCRDs: false,
      // Whoever may edit a namespace could otherwise read every secret of the store, those of other teams included.
      rbac: { aggregateToView: false, aggregateToEdit: false, aggregateToAdmin: false },
      leaderElect: true,
      // Nobody uses these kinds: the rights that go with them are left out.
      processClusterExternalSecret: false,
      processClusterPushSecret: false,
      processPushSecret: false,
      openshiftFinalizers: false,
      serviceAccount: { name: OPERATOR, annotations: { ...identity?.serviceAccountAnnotations } },
      ...(identity ? { podLabels: { ...identity.podLabels } } : {}),
      livenessProbe: { enabled: true },
      readinessProbe: { enabled: true },
      ...pods(
        upstreamPods(chart, {
          name: OPERATOR,
          role: 'operator',
          resources: { cpu: '50m', memory: '256Mi' },
          priority: 'system',
          replicas: fixed(2, LEADER),
        }),
        2,
      ),
      webhook: {
        failurePolicy: 'Fail',
        port: WEBHOOK_PORT,
        ...pods(
          upstreamPods(chart, {
            name: `${OPERATOR}-webhook`,
            role: 'webhook',
            resources: { cpu: '25m', memory: '128Mi' },
            priority: 'system',
            replicas: fixed(2, 'answers in milliseconds; the second is there when a node goes'),
          }),
          2,
        ),
      },
      certController: {
        ...pods(
          upstreamPods(chart, {
            name: `${OPERATOR}-cert-controller`,
            role: 'certificates',
            resources: { cpu: '25m', memory: '128Mi' },
            priority: 'system',
            replicas: fixed(1, 'it renews a certificate weeks before its end'),
          }),
          1,
        ),
      },
    },
  });
}

const LEADER = 'one leads, the other takes over';

/** Placement and size as the chart wants them, beside the disruption budget of what has a second replica. */
const pods = (values: UpstreamPods, replicas: number): Record<string, JsonValue> => ({
  ...values,
  replicaCount: replicas,
  ...(replicas > 1 ? { podDisruptionBudget: { enabled: true, minAvailable: 1 } } : {}),
});
