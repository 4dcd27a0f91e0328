import type { k8s } from 'cdk8s-plus-27';
import { type Capacity, fits, type NodeTerm, type PlacedPod } from '../../../core/placement';
import type { CapacityName } from '../nodes';

/** Pods of which a policy of dist holds, as the programs that make them label them. */
export interface JobPods {
  readonly policy: string;
  readonly component: string;
  /** Name for reports. */
  readonly what: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The only nodes that they may run on. */
  readonly on: CapacityName;
  /** Where they run. Default: the namespaces of teams. */
  readonly namespace?: string;
}

/** Policies of dist that do not say where pods run, and what shows that they hold; nothing where nothing does yet. */
export const otherPolicies: Readonly<Record<string, string>> = {
  'failed-jobs-are-made-anew': 'proof controllers',
  'notebooks-keep-to-their-own': 'proof notebooks',
  'sensors-start-templates': 'proof events',
};

export const jobPods: readonly JobPods[] = [
  {
    policy: 'workflow-pods-on-spot',
    component: 'argo-workflows',
    what: 'workflow pod',
    labels: { 'workflows.argoproj.io/workflow': 'admission', 'workflows.argoproj.io/completed': 'false' },
    on: 'spot',
  },
  {
    policy: 'spark-executors-on-spot',
    component: 'spark',
    what: 'Spark executor',
    labels: { 'spark-role': 'executor', 'spark-app-selector': 'admission' },
    on: 'spot',
  },
  {
    policy: 'spark-drivers-on-regular',
    component: 'spark',
    what: 'Spark driver',
    labels: { 'spark-role': 'driver', 'spark-app-selector': 'admission' },
    on: 'regular',
  },
  {
    policy: 'images-on-spot',
    component: 'images',
    what: 'pod that builds an image',
    labels: { 'workflows.argoproj.io/workflow': 'admission', 'workflows.argoproj.io/completed': 'false' },
    on: 'spot',
    namespace: 'images',
  },
];

/** A way to write where a pod may run. */
export interface Case {
  readonly name: string;
  readonly pod: PlacedPod;
  /** Whether it can run on no other nodes than it may, and so has to pass. */
  readonly passes: boolean;
}

/**
 * What people write, right and wrong. Every pod tolerates all taints, so that affinity alone keeps it off a node.
 * @param on the only nodes that the pods may run on
 */
export function casesOf(capacity: Capacity, on: CapacityName): readonly Case[] {
  const other = on === 'spot' ? 'regular' : 'spot';
  const [own, others] = [capacity[on], capacity[other]];
  const [first = []] = own;
  const ways: Readonly<Record<string, k8s.NodeAffinity | undefined>> = {
    'as the platform writes it': required(own),
    'by one of its terms': required([first]),
    'in one zone': required(own.map((term) => [...term, IN_ZONE])),
    'without affinity': undefined,
    'preferred, not required': {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 100, preference: { matchExpressions: [...first] } },
      ],
    },
    [`on ${other} nodes`]: required(others),
    'on both kinds of nodes': required([...own, ...others]),
    'on both kinds, by values': required(own.map((term) => term.map((one) => widened(one, capacity, other)))),
    'on both kinds, by a label of any value': required(
      own.map((term) => term.map(({ key }) => ({ key, operator: 'Exists' }))),
    ),
    'in a zone, on any node': required([[IN_ZONE]]),
    'also in a zone, on any node': required([...own, [IN_ZONE]]),
    'on a node by its name': {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['any'] }] }],
      },
    },
    ...Object.fromEntries(first.map((one) => [`without ${one.key}`, required([without(first, one)])])),
  };
  return Object.entries(ways).flatMap(([name, nodeAffinity]): Case[] => {
    const pod = { ...(nodeAffinity ? { affinity: { nodeAffinity } } : {}), tolerations: [ALL_TAINTS] };
    if (RIGHT.includes(name)) return [{ name, pod, passes: true }];
    // What says less than it should and still keeps off may be refused or not.
    return canRunOn(capacity, other, pod) ? [{ name, pod, passes: false }] : [];
  });
}

const RIGHT = ['as the platform writes it', 'by one of its terms', 'in one zone'];

/** Whether a pod could run on a node of a kind, in a zone or outside of it. */
export const canRunOn = ({ samples }: Capacity, kind: CapacityName, pod: PlacedPod): boolean =>
  samples[kind].some(({ labels, taints }) =>
    [labels, { ...labels, [ZONE]: 'a' }].some((each) => fits(pod, { labels: each, taints })),
  );

const ZONE = 'topology.kubernetes.io/zone';
const IN_ZONE: k8s.NodeSelectorRequirement = { key: ZONE, operator: 'In', values: ['a'] };
const ALL_TAINTS: k8s.Toleration = { operator: 'Exists' };

const required = (terms: readonly NodeTerm[]): k8s.NodeAffinity => ({
  requiredDuringSchedulingIgnoredDuringExecution: {
    nodeSelectorTerms: terms.map((term) => ({ matchExpressions: [...term] })),
  },
});

/** The same expression, which lets in the nodes of the other kind, too. */
function widened(
  { key, operator, values = [] }: k8s.NodeSelectorRequirement,
  { samples }: Capacity,
  other: CapacityName,
): k8s.NodeSelectorRequirement {
  if (operator === 'NotIn') return { key, operator, values: ['another'] };
  const more = samples[other].flatMap(({ labels }) => labels[key] ?? []);
  return { key, operator, values: [...new Set([...values, ...more])] };
}

/** A term with one expression less; any node where there was no other. */
const without = (term: NodeTerm, one: k8s.NodeSelectorRequirement): NodeTerm => {
  const left = term.filter((each) => each !== one);
  return left.length > 0 ? left : [IN_ZONE];
};
