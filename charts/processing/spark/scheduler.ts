import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import { checksum } from '../../../core/checksum';
import { bindClusterRole, clusterRole, type Permission, role, serviceAccount } from '../../../core/rbac';
import { fixed } from '../../../core/scale';
import { service } from '../../../core/service';
import { deployment } from '../../../core/workload';
import { versions } from '../../../versions';
import { queuesFile, requireQueues, SCHEDULER } from './queues';
import type { Settings } from './settings';

const NAME = SCHEDULER;
const PORT = 9080;
/** The name is fixed: pkg/common/constants/constants.go of yunikorn-k8shim. */
const CONF = 'yunikorn-configs';
/** The user of the image of placeholders, which names none of its own. */
const PLACEHOLDER_USER = '65535';

/** Beside what the scheduler of the cluster may do, which has roles of its own in every cluster. */
const EVERYWHERE: readonly Permission[] = [
  { group: '', resources: ['namespaces', 'pods'], verbs: ['get', 'list', 'watch'] },
  { group: 'scheduling.k8s.io', resources: ['priorityclasses'], verbs: ['get', 'list', 'watch'] },
  // Not among those of clusters before 1.32.
  { group: 'storage.k8s.io', resources: ['volumeattachments'], verbs: ['get', 'list', 'watch'] },
];

/** It makes the placeholders of gangs, and takes them away. */
const IN_TEAMS: readonly Permission[] = [
  { group: '', resources: ['pods'], verbs: ['create', 'patch', 'update', 'delete'] },
];

/** It reads its settings, and again when they change. */
const AT_HOME: readonly Permission[] = [
  { group: '', resources: ['configmaps'], verbs: ['get', 'list', 'watch'] },
];

/**
 * YuniKorn, beside the scheduler of the cluster: it places the pods that name it, each in the queue of its namespace.
 * In plain manifests, since its chart makes accounts and roles as hooks, which Argo CD makes anew at every sync.
 */
export function writeScheduler(chart: ComponentChart, { queues }: Settings): void {
  if (!queues) return;
  const { site } = chart;
  serviceAccount(chart, { name: NAME });
  clusterRole(chart, NAME, { name: NAME }, EVERYWHERE);
  for (const each of ['kube-scheduler', 'volume-scheduler']) {
    bindClusterRole(chart, `${NAME}-${each}`, { name: NAME }, `system:${each}`);
  }
  role(chart, NAME, { name: NAME }, AT_HOME);
  for (const { namespace } of site.teams) role(chart, NAME, { name: NAME }, IN_TEAMS, namespace);
  // Queues are read again when they change; the rest only at the start.
  const fixedData = {
    'service.placeholderImage': site.image(`registry.k8s.io/pause:${versions.pause}`),
    'service.placeholderRunAsUser': PLACEHOLDER_USER,
    'service.placeholderRunAsGroup': PLACEHOLDER_USER,
  };
  new k8s.KubeConfigMap(chart, `${NAME}-conf`, {
    metadata: { name: CONF, namespace: chart.home },
    data: { ...fixedData, 'queues.yaml': queuesFile(site, queues) },
  });
  service(chart, NAME, 'scheduler', { http: { port: PORT } });
  const healthy: k8s.Probe = {
    httpGet: { path: '/ws/v1/scheduler/healthcheck', port: k8s.IntOrString.fromString('http') },
    periodSeconds: 10,
    timeoutSeconds: 5,
  };
  deployment(chart, {
    name: NAME,
    role: 'scheduler',
    image: `docker.io/apache/yunikorn:scheduler-${versions.yunikorn}`,
    env: [
      { name: 'NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      // Four fifths of the limit, as in its chart.
      { name: 'GOMEMLIMIT', value: '1638MiB' },
    ],
    ports: { http: PORT },
    // It recovers what runs first.
    startupProbe: { ...healthy, failureThreshold: 60 },
    readinessProbe: healthy,
    livenessProbe: { ...healthy, failureThreshold: 6 },
    resources: { cpu: '500m', memory: '1Gi', memoryLimit: '2Gi' },
    serviceAccount: NAME,
    apiServer: true,
    priority: 'system',
    replicas: fixed(1, 'it elects no leader: two would give one place to two pods; what runs needs none'),
    recreate: true,
    annotations: { 'lakeport.io/configuration': checksum(JSON.stringify(fixedData)) },
    user: 4444,
  });
  requireQueues(chart);
}
