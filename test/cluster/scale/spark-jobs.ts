import type { Api, Resource } from '../api';
import { JOB, type Jobs, podOf } from './large-site';

/**
 * Starts the Spark jobs of a team. A driver is a pod that nobody makes anew, as spark-submit leaves it. What in a
 * driver asks for executors and replaces lost ones is played by a ReplicaSet that the driver owns: it goes with it.
 */
export async function startSparkJobs(drivers: Jobs, executors: Jobs, api: Api): Promise<void> {
  const { namespace } = drivers;
  for (let at = 0; at < drivers.pods; at++) {
    const name = `job-${at}-driver`;
    const { body: driver } = await api.create<Resource>(`/api/v1/namespaces/${namespace}/pods`, {
      apiVersion: 'v1',
      kind: 'Pod',
      ...podOf(drivers, 'Never', { name }),
    });
    const replicas = partOf(executors.pods, drivers.pods, at);
    const made = executorsOf(driver, executors, replicas);
    await api.create(`/apis/apps/v1/namespaces/${namespace}/replicasets`, made);
  }
}

/** Shares a whole among some, so that parts differ by one at most. */
export const partOf = (whole: number, among: number, at: number): number =>
  Math.floor((whole * (at + 1)) / among) - Math.floor((whole * at) / among);

function executorsOf({ metadata: { name, uid } }: Resource, executors: Jobs, replicas: number): object {
  // The first is the label by which the policy of the site knows executors.
  const labels = { 'spark-role': 'executor', 'test.lakeport.io/driver': name };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: name.replace(/-driver$/, '-executors'),
      ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name, uid }],
    },
    spec: {
      replicas,
      selector: { matchLabels: { ...labels, [JOB]: executors.role } },
      // A ReplicaSet restarts its containers, whatever a job would do.
      template: podOf(executors, 'Always', { labels }),
    },
  };
}
