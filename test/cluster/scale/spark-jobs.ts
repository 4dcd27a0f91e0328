import type { Api, Resource } from '../api';
import { type Jobs, podOf } from './large-site';
import { replicaSetOf } from './replica-set';

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
    const { uid } = driver.metadata;
    const made = replicaSetOf(`job-${at}-executors`, executors, partOf(executors.pods, drivers.pods, at), {
      labels: { 'spark-role': 'executor' },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name, uid }],
    });
    await api.create(`/apis/apps/v1/namespaces/${namespace}/replicasets`, made);
  }
}

/** Shares a whole among some, so that parts differ by one at most. */
export const partOf = (whole: number, among: number, at: number): number =>
  Math.floor((whole * (at + 1)) / among) - Math.floor((whole * at) / among);
