import type { Api } from '../api';
import { pooled } from '../pool';
import type { Jobs } from './large-site';
import { openNotebooks } from './notebooks';
import { startSparkJobs } from './spark-jobs';
import { submitWorkflows } from './workflows';

/** Component and role of what is known here. */
const ROLES = {
  driver: 'spark driver',
  executor: 'spark executor',
  workflow: 'argo-workflows workflow',
  notebook: 'jupyterhub notebook',
  /** Of the sessions of notebooks. */
  session: 'jupyterhub executor',
} as const;

const keyOf = ({ component, role }: Jobs): string => `${component} ${role}`;

/** Teams that start something at the same moment. */
const AT_ONCE = 8;

/**
 * Starts everything that teams run.
 * @throws Error where nothing is known here that makes pods of a role
 */
export async function startJobs(jobs: readonly Jobs[], api: Api): Promise<void> {
  const known = new Set<string>(Object.values(ROLES));
  const unknown = [...new Set(jobs.map(keyOf))].filter((key) => !known.has(key));
  if (unknown.length > 0) throw new Error(`nothing is known here that makes pods of ${unknown.join(', ')}`);
  const namespaces = [...new Set(jobs.map(({ namespace }) => namespace))];
  await pooled(namespaces, AT_ONCE, async (namespace) => {
    const find = (key: string) => jobs.find((each) => each.namespace === namespace && keyOf(each) === key);
    const [driver, executor, workflow] = [find(ROLES.driver), find(ROLES.executor), find(ROLES.workflow)];
    const [notebook, session] = [find(ROLES.notebook), find(ROLES.session)];
    if (driver && executor) await startSparkJobs(driver, executor, api);
    if (workflow) await submitWorkflows(workflow, api);
    if (notebook) await openNotebooks(notebook, session, api);
  });
}

/** How many pods of each role that is, in the order of their names. */
export function wantedOf(jobs: readonly Jobs[]): ReadonlyMap<string, number> {
  const wanted = new Map<string, number>();
  for (const { role, pods } of jobs) wanted.set(role, (wanted.get(role) ?? 0) + pods);
  return new Map([...wanted].sort(([a], [b]) => a.localeCompare(b)));
}
