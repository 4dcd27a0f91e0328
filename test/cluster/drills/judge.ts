import type { Resource } from '../api';

/** An object of dist as the cluster had it at a time. */
export interface Seen {
  readonly title: string;
  readonly uid: string;
}

/** Objects that are gone, or are not the ones that were there: what was deleted and made anew is a loss, too. */
export function losses(before: readonly Seen[], after: readonly Seen[]): string[] {
  const now = new Map(after.map(({ title, uid }) => [title, uid]));
  return before.flatMap(({ title, uid }) => {
    const found = now.get(title);
    if (found === uid) return [];
    return [found === undefined ? `${title} is gone` : `${title} was deleted and made anew`];
  });
}

/** A pod that was seen at some time, also when it is gone since. */
export type SeenPod = Pick<Resource, 'metadata'>;

export interface Workflow extends Resource {
  readonly status?: {
    readonly phase?: string;
    readonly message?: string;
    readonly nodes?: Readonly<
      Record<
        string,
        {
          readonly displayName: string;
          readonly type: string;
          readonly phase: string;
          readonly message?: string;
        }
      >
    >;
  };
}

/** What is wrong with a workflow that has ended: how it ended, and steps of which there was not just one pod. */
export function problemsOfWorkflow({ metadata, status }: Workflow, pods: readonly SeenPod[]): string[] {
  const title = `workflow ${metadata.namespace}/${metadata.name}`;
  if (status?.phase !== 'Succeeded') {
    const messages = Object.values(status?.nodes ?? {})
      .filter(({ type, message }) => type === 'Pod' && message)
      .map(({ displayName, phase, message }) => `${displayName}: ${phase}: ${message}`);
    const why = [status?.message, ...messages].filter(Boolean).join('; ');
    return [`${title}: ${status?.phase ?? 'not begun'}${why ? ` (${why})` : ''}`];
  }
  const steps = Object.entries(status.nodes ?? {}).filter(([, { type }]) => type === 'Pod');
  const counts = countBy(
    pods.filter(
      (pod) =>
        pod.metadata.namespace === metadata.namespace &&
        pod.metadata.labels?.['workflows.argoproj.io/workflow'] === metadata.name,
    ),
    (pod) => pod.metadata.annotations?.['workflows.argoproj.io/node-id'] ?? pod.metadata.name,
  );
  const known = new Set(steps.map(([id]) => id));
  return [
    ...(steps.length === 0 ? [`${title} ran no step`] : []),
    ...steps.flatMap(([id, { displayName }]) => {
      const count = counts.get(id) ?? 0;
      // An attempt is a step of its own, so that what is tried again is counted apart.
      return count === 1 ? [] : [`${title}: ${count} pods ran step ${displayName}`];
    }),
    ...[...counts.keys()]
      .filter((id) => !known.has(id))
      .map((id) => `${title} knows nothing of its pod ${id}`),
  ];
}

/** How many pods of a workflow were further attempts at a step. */
export const retriesOf = ({ status }: Workflow): number =>
  Object.values(status?.nodes ?? {}).filter(
    // An attempt is named for its number, from 0.
    ({ type, displayName }) => type === 'Pod' && /\([1-9]\d*\)$/.test(displayName),
  ).length;

export interface SparkRun extends Resource {
  readonly status?: {
    readonly applicationState?: { readonly state?: string; readonly errorMessage?: string };
    readonly executionAttempts?: number;
    readonly submissionAttempts?: number;
  };
}

/** Drivers that a Spark job had. */
export const driversOf = ({ metadata }: SparkRun, pods: readonly SeenPod[]): readonly SeenPod[] =>
  pods.filter(
    (pod) =>
      pod.metadata.namespace === metadata.namespace &&
      pod.metadata.labels?.['spark-role'] === 'driver' &&
      pod.metadata.labels['sparkoperator.k8s.io/app-name'] === metadata.name,
  );

/**
 * What is wrong with a Spark job that has ended: how it ended, and drivers that it should not have had. Drivers of one
 * name cannot run at the same time. An operator that dies before it has noted a submission makes it again, for which
 * it deletes the driver first: there may be as many drivers as submissions.
 */
export function problemsOfRun(run: SparkRun, pods: readonly SeenPod[]): string[] {
  const { metadata, status } = run;
  const title = `SparkApplication ${metadata.namespace}/${metadata.name}`;
  const { state = 'not begun', errorMessage } = status?.applicationState ?? {};
  if (state !== 'COMPLETED') return [`${title}: ${state}${errorMessage ? ` (${errorMessage})` : ''}`];
  const drivers = driversOf(run, pods);
  const names = new Set(drivers.map((pod) => pod.metadata.name));
  const { executionAttempts = 0, submissionAttempts = 0 } = status ?? {};
  return [
    ...(names.size > 1 ? [`${title}: drivers of ${names.size} names: ${[...names].join(', ')}`] : []),
    ...(drivers.length < Math.max(executionAttempts, 1) || drivers.length > submissionAttempts
      ? [
          `${title}: ${drivers.length} drivers in ${executionAttempts} attempts and ${submissionAttempts} submissions`,
        ]
      : []),
  ];
}

/** What is wrong with a stream that goes on: it must have a driver, and never two at the same time. */
export function problemsOfStream(run: SparkRun, pods: readonly SeenPod[]): string[] {
  const names = new Set(driversOf(run, pods).map((pod) => pod.metadata.name));
  const { namespace, name } = run.metadata;
  return names.size === 1
    ? []
    : [
        `stream ${namespace}/${name}: drivers of ${names.size} names${names.size > 0 ? `: ${[...names].join(', ')}` : ''}`,
      ];
}

function countBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}
