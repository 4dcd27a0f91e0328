import type { Permission } from '../../../core/rbac';

const RBAC = 'rbac.authorization.k8s.io';
const STORES = 'barmancloud.cnpg.io';

/** What the operator of backups reads in the whole cluster, since it keeps copies of all of a kind; no Secret is among it. */
export const BACKUP_EVERYWHERE: readonly Permission[] = [
  { group: STORES, resources: ['objectstores'], verbs: ['list', 'watch'] },
  { group: RBAC, resources: ['roles', 'rolebindings'], verbs: ['list', 'watch'] },
];

/**
 * What it does beside the clusters: it lets instances read the store and its keys, for which it must be able to itself.
 */
export const BACKUP_AT_HOME: readonly Permission[] = [
  { group: STORES, resources: ['objectstores'], verbs: ['get'] },
  { group: STORES, resources: ['objectstores/status'], verbs: ['update'] },
  { group: '', resources: ['secrets'], verbs: ['get', 'list', 'watch'] },
  { group: RBAC, resources: ['roles', 'rolebindings'], verbs: ['create', 'patch'] },
  // Their owner, where the API server asks for that (OwnerReferencesPermissionEnforcement).
  { group: 'postgresql.cnpg.io', resources: ['clusters/finalizers'], verbs: ['update'] },
];
