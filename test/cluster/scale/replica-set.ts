import { JOB, type Jobs, podOf } from './large-site';

/** Label of pods that a ReplicaSet makes; its value is the name of it. */
const SET = 'test.lakeport.io/set';

export interface ReplicaSetOptions {
  /** By which policies of the site know its pods. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly object[];
}

/** Keeps so many pods of a job: it plays what makes those anew that are lost. */
export function replicaSetOf(
  name: string,
  job: Jobs,
  replicas: number,
  { labels = {}, ownerReferences = [] }: ReplicaSetOptions = {},
): object {
  const own = { ...labels, [SET]: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name, ownerReferences },
    spec: {
      replicas,
      selector: { matchLabels: { ...own, [JOB]: job.role } },
      // A ReplicaSet restarts its containers, whatever a job would do.
      template: podOf(job, 'Always', { labels: own }),
    },
  };
}
