import type { Permission } from '../../../core/rbac';

/**
 * What the hub does in the namespace of a team, and nowhere else. Not among it, though zero-to-jupyterhub has it: Secrets
 * and Services, which it makes only where it encrypts within the cluster, and the deletion of claims: homes stay.
 */
export const HUB_IN_TEAMS: readonly Permission[] = [
  { group: '', resources: ['pods'], verbs: ['list', 'watch', 'create', 'delete'] },
  // Homes; read where a quota refuses one that is there already.
  { group: '', resources: ['persistentvolumeclaims'], verbs: ['get', 'create'] },
  // What the spawn page shows while a server starts.
  { group: '', resources: ['events'], verbs: ['list', 'watch'] },
];
