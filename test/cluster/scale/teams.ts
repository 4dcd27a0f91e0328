import type { Api } from '../api';
import type { Jobs } from './large-site';
import { startSparkJobs } from './spark-jobs';
import { submitWorkflows } from './workflows';

/**
 * Starts everything that teams run, one team after the other.
 * @throws Error where nothing is known here that makes pods of a role
 */
export async function startJobs(jobs: readonly Jobs[], api: Api): Promise<void> {
  for (const namespace of new Set(jobs.map((each) => each.namespace))) {
    const own = jobs.filter((each) => each.namespace === namespace);
    const {
      'spark driver': driver,
      'spark executor': executor,
      'argo-workflows workflow': workflow,
      ...others
    } = Object.fromEntries(own.map((each) => [`${each.component} ${each.role}`, each]));
    const unknown = Object.keys(others).join(', ');
    if (unknown) throw new Error(`nothing is known here that makes pods of ${unknown}`);
    if (driver && executor) await startSparkJobs(driver, executor, api);
    if (workflow) await submitWorkflows(workflow, api);
  }
}

/** How many pods of each role that is, in the order of their names. */
export function wantedOf(jobs: readonly Jobs[]): ReadonlyMap<string, number> {
  const wanted = new Map<string, number>();
  for (const { role, pods } of jobs) wanted.set(role, (wanted.get(role) ?? 0) + pods);
  return new Map([...wanted].sort(([a], [b]) => a.localeCompare(b)));
}
