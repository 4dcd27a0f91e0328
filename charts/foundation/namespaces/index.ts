import { k8s } from 'cdk8s-plus-27';
import { z } from 'zod';
import type { ComponentChart } from '../../../core/chart';
import { component } from '../../../core/component';
import type { OwnedNamespace } from '../../../core/namespace';
import { PRIORITIES, type Priority } from '../../../core/workload';

interface Urgency {
  readonly value: number;
  readonly description: string;
  /** Whether less urgent pods are stopped where there is no room. */
  readonly preempts: boolean;
}

/**
 * How urgent pods are. Below 1,000,000,000, which is the most that a user may give; far apart, so that a site can
 * put classes of its own between them.
 */
const PRIORITY: Readonly<Record<Priority, Urgency>> = {
  system: {
    value: 900_000,
    description: 'Operators and schedulers that everything else waits for',
    preempts: true,
  },
  'serving-high': {
    value: 750_000,
    description: 'Drivers of urgent jobs; they go first, but stop nothing that answers requests',
    preempts: false,
  },
  serving: {
    value: 700_000,
    description: 'What answers requests, and drivers that own running jobs',
    preempts: true,
  },
  'serving-low': { value: 650_000, description: 'Drivers of jobs that can wait', preempts: true },
  interactive: { value: 500_000, description: 'Somebody is waiting for it', preempts: true },
  'batch-high': {
    value: 150_000,
    description: 'Executors of urgent jobs, for which others are stopped',
    preempts: true,
  },
  batch: {
    value: 100_000,
    description: 'Can be stopped at any time and starts again: executors, workflow pods',
    preempts: false,
  },
  'batch-low': { value: 50_000, description: 'Executors of jobs that can wait', preempts: false },
};

/** Every namespace of the site with its quota, and the priority classes that all pods choose from. */
export const namespaces = component({
  name: 'namespaces',
  summary: 'Namespaces with pod security, quotas and limits; priority classes',
  settings: z.strictObject({}),
  pods: {},
  indispensable: 'every other component has its namespace and its priorities from it',
  namespaces: (site) => site.teams.map(({ namespace, quota }) => ({ name: namespace, quota })),
  build(chart, site) {
    for (const namespace of site.namespaces) writeNamespace(chart, namespace);
    for (const [priority, { value, description, preempts }] of Object.entries(PRIORITY)) {
      // The names of the record above are the priorities.
      const name = PRIORITIES[priority as Priority];
      new k8s.KubePriorityClass(chart, name, {
        metadata: { name },
        value,
        description,
        globalDefault: false,
        preemptionPolicy: preempts ? 'PreemptLowerPriority' : 'Never',
      });
    }
  },
});

function writeNamespace(chart: ComponentChart, { name, component: owner, ...request }: OwnedNamespace): void {
  const { quota, podSecurity, labels } = request;
  new k8s.KubeNamespace(chart, `namespace-${name}`, {
    metadata: {
      name,
      labels: {
        ...labels,
        'lakeport.io/component': owner,
        'pod-security.kubernetes.io/enforce': podSecurity?.level ?? 'restricted',
        'pod-security.kubernetes.io/warn': 'restricted',
        'pod-security.kubernetes.io/audit': 'restricted',
      },
      annotations: {
        // A namespace takes everything in it along when it goes, volumes and their data included.
        'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
        ...(podSecurity ? { 'lakeport.io/pod-security-reason': podSecurity.reason } : {}),
      },
    },
  });
  new k8s.KubeResourceQuota(chart, `quota-${name}`, {
    metadata: { name: 'compute', namespace: name },
    spec: {
      hard: {
        'requests.cpu': k8s.Quantity.fromString(quota.cpu),
        'requests.memory': k8s.Quantity.fromString(quota.memory),
        pods: k8s.Quantity.fromNumber(quota.pods),
        'services.loadbalancers': k8s.Quantity.fromNumber(0),
        'services.nodeports': k8s.Quantity.fromNumber(0),
      },
    },
  });
  new k8s.KubeLimitRange(chart, `limits-${name}`, {
    metadata: { name: 'defaults', namespace: name },
    spec: {
      limits: [
        {
          type: 'Container',
          // A quota refuses pods that request nothing; these are for the ones that forget.
          defaultRequest: { cpu: k8s.Quantity.fromString('100m'), memory: k8s.Quantity.fromString('128Mi') },
          default: { memory: k8s.Quantity.fromString('512Mi') },
        },
      ],
    },
  });
}
