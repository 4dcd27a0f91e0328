import { isDeepStrictEqual } from 'node:util';
import type { Api, Resource } from '../api';
import { Kinds } from '../kinds';
import type { DistSite } from '../site';
import { repeat } from '../wait';

const NODE_POOL = { apiVersion: 'karpenter.sh/v1', kind: 'NodePool' } as const;

/** What Karpenter finds out about each kind of node class before it calls it ready. */
const NODE_CLASSES: readonly { apiVersion: string; kind: string; conditions: readonly string[] }[] = [
  {
    apiVersion: 'karpenter.k8s.aws/v1',
    kind: 'EC2NodeClass',
    conditions: [
      'AMIsReady',
      'InstanceProfileReady',
      'PlacementGroupReady',
      'SecurityGroupsReady',
      'SubnetsReady',
      'ValidationSucceeded',
    ],
  },
  {
    apiVersion: 'karpenter.azure.com/v1beta1',
    kind: 'AKSNodeClass',
    conditions: [
      'ImagesReady',
      'KubernetesVersionReady',
      'LocalDNSReady',
      'SubnetsReady',
      'ValidationSucceeded',
    ],
  },
];

export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
  readonly observedGeneration: number;
}

interface Conditioned extends Resource {
  readonly metadata: Resource['metadata'] & { readonly generation: number };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

export interface NodeClass extends Conditioned {}

export interface NodePool extends Conditioned {
  readonly spec: {
    readonly template: {
      readonly spec: { readonly nodeClassRef: { readonly kind: string; readonly name: string } };
    };
  };
}

/**
 * Says of node pools and node classes what Karpenter says of them where nothing is wrong: it cannot run without its
 * cloud, and Argo CD waits for it.
 */
export class Karpenter {
  private running = true;
  private readonly loop: Promise<void>;

  constructor(site: DistSite, api: Api) {
    const isUsed = (kind: string) => site.objects.some(({ manifest }) => manifest.kind === kind);
    const classes = NODE_CLASSES.filter(({ kind }) => isUsed(kind));
    const kinds = new Kinds(api);
    this.loop = repeat(
      () => this.running && (classes.length > 0 || isUsed(NODE_POOL.kind)),
      1_000,
      () => look(api, kinds, classes),
    );
  }

  async stop(): Promise<void> {
    this.running = false;
    await this.loop;
  }
}

async function look(api: Api, kinds: Kinds, classes: typeof NODE_CLASSES): Promise<void> {
  const found: NodeClass[] = [];
  for (const { apiVersion, kind, conditions } of classes) {
    const url = await kinds.collectionOf(apiVersion, kind);
    for (const each of await api.list<NodeClass>(url)) {
      // Items of a list do not say of what kind they are.
      found.push({ ...each, kind });
      await say(api, url, each, conditionsOfClass(each, conditions));
    }
  }
  const url = await kinds.collectionOf(NODE_POOL.apiVersion, NODE_POOL.kind);
  for (const each of await api.list<NodePool>(url)) await say(api, url, each, conditionsOfPool(each, found));
}

async function say(
  api: Api,
  url: string,
  { metadata, status }: Conditioned,
  conditions: readonly Condition[],
): Promise<void> {
  const { name, resourceVersion } = metadata;
  if (isDeepStrictEqual(status?.conditions, conditions)) return;
  await api.patch(`${url}/${name}/status`, { metadata: { resourceVersion }, status: { conditions } });
}

/** Everything that was looked for in the cloud was found. */
export const conditionsOfClass = (nodeClass: NodeClass, types: readonly string[]): Condition[] =>
  sorted(nodeClass, [...types.map(isTrue), isTrue('Ready')]);

/** A pool is as ready as its node class, and knows nothing yet of nodes that registered. */
export function conditionsOfPool(pool: NodePool, classes: readonly NodeClass[]): Condition[] {
  const { kind, name } = pool.spec.template.spec.nodeClassRef;
  const nodeClass = classes.find((each) => each.kind === kind && each.metadata.name === name);
  const ready = nodeClass?.status?.conditions?.find(({ type }) => type === 'Ready');
  const problem = !nodeClass
    ? { reason: 'NodeClassNotFound', message: 'NodeClass not found on cluster' }
    : ready?.status === 'True'
      ? undefined
      : { reason: 'NodeClassReadinessUnknown', message: 'Node Class Readiness Unknown' };
  const follows = (type: string): Told => (problem ? { type, status: 'False', ...problem } : isTrue(type));
  return sorted(pool, [
    follows('NodeClassReady'),
    {
      type: 'NodeRegistrationHealthy',
      status: 'Unknown',
      reason: 'AwaitingReconciliation',
      message: 'object is awaiting reconciliation',
    },
    follows('Ready'),
    isTrue('ValidationSucceeded'),
  ]);
}

type Told = Omit<Condition, 'lastTransitionTime' | 'observedGeneration'>;

const isTrue = (type: string): Told => ({ type, status: 'True', reason: type, message: '' });

/** By type, each with the time since which it is so. */
function sorted({ metadata, status }: Conditioned, told: readonly Told[]): Condition[] {
  const now = `${new Date().toISOString().slice(0, 19)}Z`;
  return [...told]
    .sort((a, b) => (a.type < b.type ? -1 : 1))
    .map((each) => {
      const before = status?.conditions?.find(({ type }) => type === each.type);
      const since = before?.status === each.status ? before.lastTransitionTime : now;
      return { ...each, lastTransitionTime: since, observedGeneration: metadata.generation };
    });
}
