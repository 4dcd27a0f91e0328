import type { ComponentChart } from '../../../core/chart';
import { type Permission, role, serviceAccount } from '../../../core/rbac';
import { upstreamPods } from '../../../core/upstream-pods';
import { restrictedContainer } from '../../../core/workload';
import type { JsonValue } from '../../../core/yaml';
import { versions } from '../../../versions';
import { OPERATOR } from './compute';
import { ACCOUNTS, IMAGES, LABELS } from './names';

/**
 * The operator from its publisher. It sees this namespace and no other; its chart would give it every verb there is, so
 * its role is ours.
 */
export function writeOperator(chart: ComponentChart): void {
  const { home, site } = chart;
  const version = versions.starRocksOperator;
  chart.upstream({
    kind: 'manifests',
    name: 'starrocks-crds',
    repository: 'https://github.com/StarRocks/starrocks-kubernetes-operator',
    path: 'config/crd/bases',
    version: `v${version}`,
    namespace: home,
  });
  const { affinity, tolerations, resources } = upstreamPods(chart, {
    name: LABELS.operator.app,
    role: 'operator',
    resources: OPERATOR,
    priority: 'system',
    replicas: OPERATOR.pods,
  });
  const [repository, tag] = imageParts(site.image(IMAGES.operator));
  const values = {
    global: { rbac: { create: false, serviceAccount: { name: ACCOUNTS.operator } } },
    timeZone: 'UTC',
    starrocksOperator: {
      image: { repository, tag },
      imagePullPolicy: 'IfNotPresent',
      replicaCount: OPERATOR.pods.typical,
      watchNamespace: home,
      affinity,
      tolerations,
      // The chart has a limit of CPU, which would throttle while the node idles; null takes it out.
      resources: withoutCpuLimit(resources),
      securityContext: {
        ...restrictedContainer(),
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      },
    },
  };
  chart.upstream({
    kind: 'chart',
    name: 'starrocks-operator',
    repository: 'https://starrocks.github.io/starrocks-kubernetes-operator',
    chart: 'operator',
    version,
    namespace: home,
    // Plain data all through; interfaces have no index signature, so the compiler cannot see it.
    values: values as unknown as Readonly<Record<string, JsonValue>>,
    // An Application of their own has them, so that they are upgraded too.
    skipCrds: true,
  });
  const account = { name: ACCOUNTS.operator };
  serviceAccount(chart, account);
  role(chart, ACCOUNTS.operator, account, PERMISSIONS);
}

const withoutCpuLimit = (resources: JsonValue): JsonValue => {
  // Requests and limits are objects of text.
  const { requests, limits } = resources as {
    readonly requests: JsonValue;
    readonly limits: Readonly<Record<string, JsonValue>>;
  };
  return { requests, limits: { ...limits, cpu: null } };
};

function imageParts(image: string): readonly [repository: string, tag: string] {
  const end = image.lastIndexOf(':');
  return [image.slice(0, end), image.slice(end + 1)];
}

const READ = ['get', 'list', 'watch'] as const;
const MAKE = [...READ, 'create', 'update', 'patch', 'delete'] as const;

/** What the program asks for: operator v1.11.5, its controllers and what they keep copies of. */
const PERMISSIONS: readonly Permission[] = [
  { group: 'apps', resources: ['deployments', 'statefulsets'], verbs: MAKE },
  { group: 'autoscaling', resources: ['horizontalpodautoscalers'], verbs: MAKE },
  { group: '', resources: ['configmaps', 'services'], verbs: MAKE },
  { group: '', resources: ['endpoints', 'pods', 'secrets'], verbs: READ },
  { group: '', resources: ['persistentvolumeclaims'], verbs: READ },
  { group: 'starrocks.com', resources: ['starrocksclusters', 'starrockswarehouses'], verbs: MAKE },
  {
    group: 'starrocks.com',
    resources: ['starrocksclusters/finalizers', 'starrockswarehouses/finalizers'],
    verbs: ['update'],
  },
  {
    group: 'starrocks.com',
    resources: ['starrocksclusters/status', 'starrockswarehouses/status'],
    verbs: ['get', 'update', 'patch'],
  },
  // Which of its replicas leads, and what it says of what it does.
  { group: 'coordination.k8s.io', resources: ['leases'], verbs: MAKE },
  { group: '', resources: ['events'], verbs: ['create', 'patch'] },
];
