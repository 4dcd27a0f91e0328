import type { Api } from '../api';
import type { Jobs } from './large-site';
import { replicaSetOf } from './replica-set';

/**
 * Starts the servers of a team with the executors of their sessions. Users who open a lost one again are played by
 * ReplicaSets.
 */
export async function openNotebooks(servers: Jobs, executors: Jobs | undefined, api: Api): Promise<void> {
  const url = `/apis/apps/v1/namespaces/${servers.namespace}/replicasets`;
  await api.create(url, replicaSetOf('notebooks', servers, servers.pods));
  if (executors) {
    const labels = { 'spark-role': 'executor' };
    await api.create(url, replicaSetOf('notebook-executors', executors, executors.pods, { labels }));
  }
}
