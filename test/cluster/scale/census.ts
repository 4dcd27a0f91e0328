import type { Resource } from '../api';
import type { TestNode } from '../nodes';
import { componentOf, type Pod, requestsOf, roleOf } from '../proofs/placed';

/** All pods of a cluster at two times, between which nodes went. */
export interface Census {
  readonly before: readonly Pod[];
  readonly after: readonly Pod[];
  /** Nodes as they were before. */
  readonly nodes: readonly TestNode[];
  /** Names of those that went. */
  readonly gone: ReadonlySet<string>;
}

/**
 * What is wrong after a loss of nodes: as many pods of each role must run in each namespace as before, none of them
 * on a node that went, and no pod of another node may have been touched.
 */
export function lossProblems(census: Census): string[] {
  const { after, gone } = census;
  const { lost, stayed } = parted(census);
  const still = new Set(untouched(stayed, after));
  const regular = namesOf(census.nodes, 'regular');
  return [
    ...(lost.length === 0 ? ['no pod was on the nodes that went'] : []),
    ...after.flatMap((pod) => {
      if (isOn(gone, pod)) return [`${titleOf(pod)} is on ${pod.spec.nodeName}, which is gone`];
      return pod.status.phase === 'Running'
        ? []
        : [`${titleOf(pod)} is ${pod.status.phase ?? 'of no phase'}`];
    }),
    ...differences(countsOf([...lost, ...stayed]), countsOf(after)),
    ...stayed
      .filter((pod) => !still.has(pod))
      .map((pod) => {
        const kind = isOn(regular, pod) ? 'regular' : 'spot';
        return `${titleOf(pod)} left ${kind} node ${pod.spec.nodeName}, which stayed`;
      }),
  ];
}

/** Pods whose node went and which must come back on another, and those whose node stayed. */
export function parted({ before, gone }: Pick<Census, 'before' | 'gone'>): Record<'lost' | 'stayed', Pod[]> {
  return {
    // Those of a DaemonSet belong to their node.
    lost: before.filter((pod) => isOn(gone, pod) && !isOfNode(pod)),
    stayed: before.filter((pod) => !isOn(gone, pod)),
  };
}

const isOfNode = ({ metadata }: Pod): boolean =>
  metadata.ownerReferences?.some(({ kind }) => kind === 'DaemonSet') ?? false;

/** Those pods that are still the same ones and on the same nodes. */
export function untouched(pods: readonly Pod[], after: readonly Pod[]): Pod[] {
  const now = new Map(after.map((pod) => [pod.metadata.uid, pod.spec.nodeName]));
  return pods.filter(({ metadata, spec }) => now.get(metadata.uid) === spec.nodeName);
}

/** Pods on regular nodes. */
export function onRegular(pods: readonly Pod[], nodes: readonly TestNode[]): Pod[] {
  const regular = namesOf(nodes, 'regular');
  return pods.filter((pod) => isOn(regular, pod));
}

/** Of what pods request, the part that is on spot nodes: 0 to 1; 0 where nothing is requested. */
export function spotPart(pods: readonly Pod[], nodes: readonly TestNode[], of: 'cpu' | 'memory'): number {
  const total = (some: readonly Pod[]) => some.reduce((all, pod) => all + requestsOf(pod)[of], 0);
  const all = total(pods);
  return all === 0 ? 0 : 1 - total(onRegular(pods, nodes)) / all;
}

const isOn = (names: ReadonlySet<string>, { spec }: Pod): boolean => names.has(spec.nodeName ?? '');

const namesOf = (nodes: readonly TestNode[], capacity: TestNode['capacity']): ReadonlySet<string> =>
  new Set(nodes.filter((node) => node.capacity === capacity).map(({ name }) => name));

const titleOf = ({ metadata }: Resource): string => `pod ${metadata.namespace}/${metadata.name}`;

function countsOf(pods: readonly Pod[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const pod of pods) {
    const key = `${componentOf(pod)} ${roleOf(pod) ?? ''} in ${pod.metadata.namespace}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

const differences = (before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): string[] =>
  [...new Set([...before.keys(), ...after.keys()])].flatMap((key) => {
    const [were, are] = [before.get(key) ?? 0, after.get(key) ?? 0];
    return were === are ? [] : [`${key}: ${were} pods before, ${are} after`];
  });
