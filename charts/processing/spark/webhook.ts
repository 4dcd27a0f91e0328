import { k8s } from 'cdk8s-plus-27';
import { inNamespaces } from '../../../core/admission';
import type { ComponentChart } from '../../../core/chart';
import { clusterRole, role, serviceAccount } from '../../../core/rbac';
import { fixed } from '../../../core/scale';
import { service } from '../../../core/service';
import { deployment } from '../../../core/workload';
import { operatorWebhook } from './endpoints';
import { commonArgs, HEALTH_PORT, OPERATOR_IMAGE, PROBES } from './operator';
import { lease, WEBHOOK_IN_TEAMS, webhookConfigurations, webhookSecret } from './rbac';
import { SPARK_USER } from './template';

const NAME = operatorWebhook.service;
/** The certificate, which the program makes itself and shares among its pods. */
const SECRET = `${NAME}-certs`;
/** Where the program writes the certificate that it serves with. */
const CERTIFICATES = '/etc/k8s-webhook-server/serving-certs';

/** Refuses jobs that could not run, and completes their pods where a job says it by the operator's own fields. */
export function writeWebhook(chart: ComponentChart): void {
  const { home, site } = chart;
  const namespaces = site.teams.map(({ namespace }) => namespace);
  serviceAccount(chart, { name: NAME });
  clusterRole(chart, NAME, { name: NAME }, webhookConfigurations(NAME));
  role(chart, NAME, { name: NAME }, [...lease(NAME), ...webhookSecret(SECRET)]);
  for (const namespace of namespaces) role(chart, NAME, { name: NAME }, WEBHOOK_IN_TEAMS, namespace);
  chart.serveApiServer(chart.pods('webhook'), operatorWebhook.port);
  service(chart, NAME, 'webhook', { webhook: { port: operatorWebhook.port } });
  deployment(chart, {
    name: NAME,
    role: 'webhook',
    image: OPERATOR_IMAGE,
    args: [
      'webhook',
      'start',
      ...commonArgs(namespaces, NAME, home),
      `--webhook-secret-name=${SECRET}`,
      `--webhook-secret-namespace=${home}`,
      `--webhook-svc-name=${NAME}`,
      `--webhook-svc-namespace=${home}`,
      `--webhook-port=${operatorWebhook.port}`,
      `--mutating-webhook-name=${NAME}`,
      `--validating-webhook-name=${NAME}`,
    ],
    ports: { webhook: operatorWebhook.port, health: HEALTH_PORT },
    ...PROBES,
    resources: { cpu: '100m', memory: '256Mi' },
    serviceAccount: NAME,
    apiServer: true,
    priority: 'system',
    replicas: fixed(2, 'answers in milliseconds; the second is there when a node goes'),
    // The folder itself belongs to root; one within it, to the group of the pod.
    mounts: [
      { name: 'certificates', path: CERTIFICATES, subPath: 'serving-certs', source: { emptyDir: {} } },
    ],
    user: SPARK_USER,
  });
  const hook = hookOf(home, namespaces);
  new k8s.KubeMutatingWebhookConfiguration(chart, 'mutating-webhook', {
    metadata: { name: NAME },
    webhooks: [
      hook('mutate', 'v1', 'pod', {
        // Nothing else of these namespaces waits for the webhook.
        objectSelector: { matchLabels: { 'sparkoperator.k8s.io/launched-by-spark-operator': 'true' } },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }],
      }),
      ...KINDS.map((kind) => hook('mutate', VERSION, kind, { rules: rulesFor(kind) })),
    ],
  });
  new k8s.KubeValidatingWebhookConfiguration(chart, 'validating-webhook', {
    metadata: { name: NAME },
    webhooks: KINDS.map((kind) => hook('validate', VERSION, kind, { rules: rulesFor(kind) })),
  });
}

const VERSION = 'sparkoperator-k8s-io-v1beta2';
const KINDS = ['sparkapplication', 'scheduledsparkapplication'] as const;

const rulesFor = (kind: (typeof KINDS)[number]): k8s.RuleWithOperations[] => [
  {
    apiGroups: ['sparkoperator.k8s.io'],
    apiVersions: ['v1beta2'],
    resources: [`${kind}s`],
    operations: ['CREATE', 'UPDATE'],
  },
];

/** The program serves each hook under a path made of what it does, the group, the version and the kind. */
const hookOf =
  (namespace: string, namespaces: readonly string[]) =>
  (verb: 'mutate' | 'validate', version: string, kind: string, hook: Partial<k8s.MutatingWebhook>) => {
    const path = `${verb}-${kind === 'pod' ? '-' : ''}${version}-${kind}`;
    return {
      name: `${path}.sparkoperator.k8s.io`,
      admissionReviewVersions: ['v1'],
      clientConfig: {
        service: { name: NAME, namespace, port: operatorWebhook.port, path: `/${path}` },
      },
      sideEffects: 'None',
      // A job whose fields were silently left out would run in the wrong place.
      failurePolicy: 'Fail',
      timeoutSeconds: 10,
      namespaceSelector: inNamespaces(namespaces),
      ...hook,
    };
  };
