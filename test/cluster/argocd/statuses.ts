import { isDeepStrictEqual } from 'node:util';
import type { Resource } from '../api';

export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
  readonly observedGeneration?: number;
}

/** A custom object of which its controller keeps conditions. */
export interface Conditioned extends Resource {
  readonly metadata: Resource['metadata'] & { readonly generation?: number };
  readonly spec?: unknown;
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly observedGeneration?: number;
  };
}

/** What is found out about an object; when and of which generation is added to it. */
export type Told = Omit<Condition, 'lastTransitionTime' | 'observedGeneration'>;

/** What the controller of a kind says of its objects where nothing is wrong. */
export interface StatusRow {
  readonly apiVersion: string;
  readonly kind: string;
  /**
   * All conditions that it sets; none while it waits, or where it sets none and says it `beside` them. `others` are
   * objects of the rows before.
   */
  told(object: Conditioned, others: readonly Conditioned[]): readonly Told[];
  /** Where it writes of which generation it speaks. Default: nowhere. */
  readonly generation?: 'conditions' | 'status';
  /** Its conditions say nothing of the time. Default: they do. */
  readonly timeless?: true;
  /** What it writes beside the conditions. */
  readonly beside?: { readonly labels?: Readonly<Record<string, string>>; readonly status?: object };
  /** The status is no subresource of its own. Default: it is. */
  readonly whole?: true;
}

const isTrue = (type: string, reason?: string, message?: string): Told => ({
  type,
  status: 'True',
  ...(reason === undefined ? {} : { reason }),
  ...(message === undefined ? {} : { message }),
});

export const isReady = ({ status }: Conditioned): boolean =>
  status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;

/** Says something only once an object that this one names is ready. */
const once =
  (
    named: (object: Conditioned) => Pick<Resource, 'kind'> & { readonly name: string | undefined },
    told: readonly Told[],
  ): StatusRow['told'] =>
  (object, others) => {
    const { kind, name } = named(object);
    // What names none waits for none.
    if (name === undefined) return told;
    const { namespace } = object.metadata;
    const found = others.find(
      (each) =>
        each.kind === kind &&
        each.metadata.name === name &&
        [undefined, namespace].includes(each.metadata.namespace),
    );
    return found && isReady(found) ? told : [];
  };

/** Fields of a spec, which the API server has checked. */
const specOf = <Spec>({ spec }: Conditioned): Spec => spec as Spec;

/** The Kafka that a topic or a user belongs to. */
const kafkaOf = ({ metadata }: Conditioned) => ({
  kind: 'Kafka',
  name: metadata.labels?.['strimzi.io/cluster'],
});

const issuerOf = (certificate: Conditioned) =>
  specOf<{ readonly issuerRef: { readonly kind: string; readonly name: string } }>(certificate).issuerRef;

/** The store that a secret comes from; one that is generated comes from none. */
function storeOf(secret: Conditioned) {
  const { secretStoreRef } = specOf<{
    readonly secretStoreRef?: { readonly kind?: string; readonly name?: string };
  }>(secret);
  return { kind: secretStoreRef?.kind ?? 'SecretStore', name: secretStoreRef?.name };
}

const karpenter = (...types: readonly string[]): StatusRow['told'] => {
  const told = [...types, 'Ready'].map((type) => isTrue(type, type, ''));
  return () => told;
};

/**
 * Kinds whose controllers cannot run here: they need their cloud, Kafka, or a chart that is not served. In the order in
 * which they wait for each other.
 */
export const STATUSES: readonly StatusRow[] = [
  {
    apiVersion: 'karpenter.k8s.aws/v1',
    kind: 'EC2NodeClass',
    generation: 'conditions',
    told: karpenter(
      'AMIsReady',
      'InstanceProfileReady',
      'PlacementGroupReady',
      'SecurityGroupsReady',
      'SubnetsReady',
      'ValidationSucceeded',
    ),
  },
  {
    apiVersion: 'karpenter.azure.com/v1beta1',
    kind: 'AKSNodeClass',
    generation: 'conditions',
    told: karpenter(
      'ImagesReady',
      'KubernetesVersionReady',
      'LocalDNSReady',
      'SubnetsReady',
      'ValidationSucceeded',
    ),
  },
  { apiVersion: 'karpenter.sh/v1', kind: 'NodePool', generation: 'conditions', told: ofPool },
  { apiVersion: 'cert-manager.io/v1', kind: 'ClusterIssuer', generation: 'conditions', told: ofIssuer },
  {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    generation: 'conditions',
    told: once(issuerOf, [isTrue('Ready', 'Ready', 'Certificate is up to date and has not expired')]),
  },
  {
    apiVersion: 'postgresql.cnpg.io/v1',
    kind: 'Cluster',
    told: () => [
      isTrue('Ready', 'ClusterIsReady', 'Cluster is Ready'),
      isTrue('ContinuousArchiving', 'ContinuousArchivingSuccess', 'Continuous archiving is working'),
    ],
    beside: { status: { phase: 'Cluster in healthy state' } },
  },
  ...['DatabaseRole', 'Database'].map(
    (kind): StatusRow => ({
      apiVersion: 'postgresql.cnpg.io/v1',
      kind,
      generation: 'status',
      // They have no conditions.
      told: () => [],
      beside: { status: { applied: true } },
    }),
  ),
  ...['ClusterSecretStore', 'SecretStore'].map(
    (kind): StatusRow => ({
      apiVersion: 'external-secrets.io/v1',
      kind,
      told: () => [isTrue('Ready', 'Valid', 'store validated')],
    }),
  ),
  {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    told: once(storeOf, [isTrue('Ready', 'SecretSynced', 'secret synced')]),
  },
  {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    timeless: true,
    told: () => [
      isTrue('Ready', 'ScaledObjectReady', 'ScaledObject is defined correctly and is ready for scaling'),
      {
        type: 'Active',
        status: 'False',
        reason: 'ScalerNotActive',
        message: 'Scaling is not performed because triggers are not active',
      },
      {
        type: 'Fallback',
        status: 'False',
        reason: 'NoFallbackFound',
        message: 'No fallbacks are active on this scaled object',
      },
      { type: 'Paused', status: 'False' },
    ],
  },
  {
    apiVersion: 'kafka.strimzi.io/v1',
    kind: 'Kafka',
    generation: 'status',
    told: () => [isTrue('Ready')],
  },
  ...['KafkaTopic', 'KafkaUser'].map(
    (kind): StatusRow => ({
      apiVersion: 'kafka.strimzi.io/v1',
      kind,
      generation: 'status',
      told: once(kafkaOf, [isTrue('Ready')]),
    }),
  ),
  {
    apiVersion: 'kafka.strimzi.io/v1',
    kind: 'KafkaConnect',
    generation: 'status',
    told: () => [isTrue('Ready')],
  },
  {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'EventBus',
    told: () => [isTrue('Configured'), isTrue('Deployed', 'Succeeded', 'JetStream is deployed')],
  },
  {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    timeless: true,
    whole: true,
    told: () => [{ type: 'PodRunning', status: 'False' }, isTrue('Completed')],
    beside: {
      labels: { 'workflows.argoproj.io/completed': 'true', 'workflows.argoproj.io/phase': 'Succeeded' },
      status: { phase: 'Succeeded' },
    },
  },
];

/** A pool is as ready as its node class, and knows nothing yet of nodes that registered. */
function ofPool(pool: Conditioned, others: readonly Conditioned[]): Told[] {
  const { kind, name } = specOf<NodePoolSpec>(pool).template.spec.nodeClassRef;
  const nodeClass = others.find((each) => each.kind === kind && each.metadata.name === name);
  const problem = !nodeClass
    ? { reason: 'NodeClassNotFound', message: 'NodeClass not found on cluster' }
    : isReady(nodeClass)
      ? undefined
      : { reason: 'NodeClassReadinessUnknown', message: 'Node Class Readiness Unknown' };
  const follows = (type: string): Told =>
    problem ? { type, status: 'False', ...problem } : isTrue(type, type, '');
  return [
    follows('NodeClassReady'),
    {
      type: 'NodeRegistrationHealthy',
      status: 'Unknown',
      reason: 'AwaitingReconciliation',
      message: 'object is awaiting reconciliation',
    },
    follows('Ready'),
    isTrue('ValidationSucceeded', 'ValidationSucceeded', ''),
  ];
}

interface NodePoolSpec {
  readonly template: {
    readonly spec: { readonly nodeClassRef: { readonly kind: string; readonly name: string } };
  };
}

/** What cert-manager finds of an issuer depends on what signs. */
function ofIssuer(issuer: Conditioned): Told[] {
  const spec = specOf<Readonly<Record<string, unknown>>>(issuer);
  if (spec.ca) return [isTrue('Ready', 'KeyPairVerified', 'Signing CA verified')];
  if (spec.selfSigned) return [isTrue('Ready', 'IsReady', '')];
  if (spec.acme) {
    const message = 'The ACME account was registered with the ACME server';
    return [isTrue('Ready', 'ACMEAccountRegistered', message)];
  }
  throw new Error(
    `${issuer.metadata.name}: it is not known here what cert-manager says of ${Object.keys(spec).join(', ')}`,
  );
}

/**
 * The status that a row gives an object, by type of condition, each with the time since which it is so.
 * @returns undefined where its controller waits, or has said all of it already
 */
export function statusOf(
  row: StatusRow,
  object: Conditioned,
  others: readonly Conditioned[],
): Conditioned['status'] {
  const { metadata, status } = object;
  const { generation = 0 } = metadata;
  const now = `${new Date().toISOString().slice(0, 19)}Z`;
  const conditions = [...row.told(object, others)]
    .sort((a, b) => (a.type < b.type ? -1 : 1))
    .map((each): Condition => {
      const before = status?.conditions?.find(({ type }) => type === each.type);
      const since = before?.status === each.status ? before.lastTransitionTime : now;
      return {
        ...each,
        ...(row.timeless ? {} : { lastTransitionTime: since ?? now }),
        ...(row.generation === 'conditions' ? { observedGeneration: generation } : {}),
      };
    });
  if (conditions.length === 0 && !row.beside?.status) return undefined;
  const isNew = row.generation !== 'status' || status?.observedGeneration === generation;
  if (isDeepStrictEqual(status?.conditions ?? [], conditions) && isNew) return undefined;
  return {
    ...row.beside?.status,
    ...(conditions.length > 0 ? { conditions } : {}),
    ...(row.generation === 'status' ? { observedGeneration: generation } : {}),
  };
}
