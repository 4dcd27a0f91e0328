import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import { checksum } from '../../../core/checksum';
import { clusterRole, type Permission, role, serviceAccount } from '../../../core/rbac';
import { deployment } from '../../../core/workload';
import { toYaml } from '../../../core/yaml';
import { versions } from '../../../versions';
import { OPERATOR } from './compute';
import { ACCOUNTS, IMAGES, OPERATOR_USER } from './names';

const NAME = 'cass-operator';
const IMAGE_CONFIG = 'image-config';

/** The operator, as plain objects of ours: its publisher has a chart only as a part of a larger one. */
export function writeOperator(chart: ComponentChart): void {
  const { home } = chart;
  chart.upstream({
    kind: 'manifests',
    name: 'cass-operator-crds',
    repository: 'https://github.com/k8ssandra/cass-operator',
    // A kustomization, by which fields are taken out that the API server refuses.
    path: 'config/crd',
    version: `v${versions.cassOperator}`,
    namespace: home,
  });
  const account = { name: ACCOUNTS.operator };
  serviceAccount(chart, account);
  role(chart, ACCOUNTS.operator, account, AT_HOME);
  clusterRole(chart, 'cassandra-operator', account, EVERYWHERE);
  const images = toYaml(imagesOf(chart));
  new k8s.KubeConfigMap(chart, 'image-config', {
    metadata: { name: IMAGE_CONFIG, namespace: home, labels: { 'k8ssandra.io/config': 'image' } },
    data: { 'image_config.yaml': images },
  });
  const { pods: replicas, ...resources } = OPERATOR;
  const probe = (path: string): k8s.Probe => ({
    httpGet: { path, port: k8s.IntOrString.fromString('probes') },
    periodSeconds: 10,
  });
  deployment(chart, {
    name: NAME,
    role: 'operator',
    image: IMAGES.operator,
    command: ['/manager'],
    // Without a certificate for it there is no webhook; what it would refuse is never written here.
    args: ['--leader-elect', '--health-probe-bind-address=:8081'],
    env: ['WATCH_NAMESPACE', 'OPERATOR_NAMESPACE', 'POD_NAMESPACE'].map((name) => ({
      name,
      valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } },
    })),
    ports: { probes: 8081 },
    readinessProbe: probe('/readyz'),
    livenessProbe: probe('/healthz'),
    resources,
    serviceAccount: ACCOUNTS.operator,
    apiServer: true,
    priority: 'system',
    replicas,
    user: OPERATOR_USER,
    // Read only at start.
    annotations: { 'lakeport.io/images': checksum(images) },
  });
}

/** What the operator takes where an object names no image; ours name all of theirs. */
const imagesOf = ({ site }: ComponentChart) => {
  const [client, logger] = [site.image(IMAGES.client), site.image(IMAGES.logger)];
  const parts = (image: string) => {
    const [, repository = '', name = '', tag = ''] = /^(.*)\/([^/]+):([^:]+)$/.exec(image) ?? [];
    return { repository, name, tag };
  };
  return {
    apiVersion: 'config.k8ssandra.io/v1beta2',
    kind: 'ImageConfig',
    metadata: { name: IMAGE_CONFIG },
    images: { 'system-logger': parts(logger), 'k8ssandra-client': parts(client) },
    defaults: { pullPolicy: 'IfNotPresent' },
    types: { cassandra: { repository: 'k8ssandra', name: 'cass-management-api', suffix: '-ubi' } },
  };
};

const READ = ['get', 'list', 'watch'] as const;
const MAKE = [...READ, 'create', 'update', 'patch', 'delete'] as const;

/** As its publisher has it: operator v1.32.0, config/rbac. */
const AT_HOME: readonly Permission[] = [
  { group: '', resources: ['configmaps', 'events'], verbs: READ },
  { group: '', resources: ['endpoints', 'endpoints/restricted'], verbs: ['list', 'watch', 'delete'] },
  { group: '', resources: ['persistentvolumeclaims', 'secrets', 'services'], verbs: MAKE },
  { group: '', resources: ['pods'], verbs: [...READ, 'update', 'patch', 'delete'] },
  { group: 'apps', resources: ['statefulsets'], verbs: MAKE },
  { group: 'cassandra.datastax.com', resources: ['cassandradatacenters'], verbs: MAKE },
  {
    group: 'cassandra.datastax.com',
    resources: ['cassandradatacenters/finalizers'],
    verbs: ['update', 'delete'],
  },
  {
    group: 'cassandra.datastax.com',
    resources: ['cassandradatacenters/status'],
    verbs: ['get', 'update', 'patch'],
  },
  { group: 'control.k8ssandra.io', resources: ['cassandratasks', 'scheduledtasks'], verbs: MAKE },
  {
    group: 'control.k8ssandra.io',
    resources: ['cassandratasks/finalizers', 'scheduledtasks/finalizers'],
    verbs: ['update'],
  },
  {
    group: 'control.k8ssandra.io',
    resources: ['cassandratasks/status', 'scheduledtasks/status'],
    verbs: ['get', 'update', 'patch'],
  },
  { group: 'discovery.k8s.io', resources: ['endpointslices', 'endpointslices/restricted'], verbs: MAKE },
  { group: 'events.k8s.io', resources: ['events'], verbs: ['create', 'patch'] },
  { group: 'policy', resources: ['poddisruptionbudgets'], verbs: MAKE },
  { group: 'coordination.k8s.io', resources: ['leases'], verbs: MAKE },
];

/** Whether a volume can grow, and its own namespace. */
const EVERYWHERE: readonly Permission[] = [
  { group: 'storage.k8s.io', resources: ['storageclasses'], verbs: READ },
  { group: '', resources: ['namespaces'], verbs: ['get'] },
];
