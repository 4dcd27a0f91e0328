import type { ComponentChart } from '../../../core/chart';
import { type Permission, role, serviceAccount } from '../../../core/rbac';
import { ACCOUNTS } from './names';
import type { Identities } from './pods';

/**
 * How programs find each other without ZooKeeper: each writes into labels of its own pod what it is, and reads those of
 * the others; who leads stands in a ConfigMap.
 */
const DISCOVERY: readonly Permission[] = [
  { group: '', resources: ['pods'], verbs: ['get', 'list', 'watch', 'patch'] },
  { group: '', resources: ['configmaps'], verbs: ['get', 'list', 'watch', 'create', 'update', 'patch'] },
];

/** What the one that leads does with tasks. */
const TASKS: readonly Permission[] = [
  { group: 'batch', resources: ['jobs'], verbs: ['get', 'list', 'watch', 'create', 'delete'] },
  { group: '', resources: ['pods'], verbs: ['delete'] },
  { group: '', resources: ['pods/log', 'events'], verbs: ['get', 'list', 'watch'] },
];

/** Accounts with what they may: in this namespace, and in the object store. */
export function writeAccounts(chart: ComponentChart, identities: Identities): void {
  for (const [name, account] of Object.entries(ACCOUNTS)) {
    serviceAccount(chart, { name: account }, identities[name as keyof Identities]);
    if (name === 'set-up') continue;
    role(chart, `${account}-discovery`, { name: account }, DISCOVERY);
  }
  role(chart, 'tasks', { name: ACCOUNTS.master }, TASKS);
}
