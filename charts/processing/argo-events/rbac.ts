import type { Permission } from '../../../core/rbac';
import { CALENDAR_STATE, CONTROLLER } from './names';

const ARGO = 'argoproj.io';
const KINDS = ['eventbus', 'eventsources', 'sensors'];

/**
 * What the controller does, all in its own namespace: it is told to look at no other. Not among it, though upstream has
 * it, are pods, other namespaces, and the deletion of what goes with its owner.
 */
export const CONTROLLER_AT_HOME: readonly Permission[] = [
  // Finalizers are written to the objects themselves.
  { group: ARGO, resources: KINDS, verbs: ['list', 'watch', 'update'] },
  { group: ARGO, resources: KINDS.map((each) => `${each}/status`), verbs: ['update'] },
  // Owners of what it creates, where the API server asks for that (OwnerReferencesPermissionEnforcement).
  { group: ARGO, resources: KINDS.map((each) => `${each}/finalizers`), verbs: ['update'] },
  // Sources and sensors; the servers of the bus.
  {
    group: 'apps',
    resources: ['deployments', 'statefulsets'],
    verbs: ['list', 'watch', 'create', 'update'],
  },
  // A Service whose ports change is made anew.
  { group: '', resources: ['services'], verbs: ['list', 'watch', 'create', 'update', 'delete'] },
  { group: '', resources: ['configmaps'], verbs: ['list', 'watch', 'create', 'update'] },
  // Passwords and certificates of the bus, which it looks for among all; half of a pair is made anew.
  { group: '', resources: ['secrets'], verbs: ['list', 'create', 'delete'] },
  // Volumes of a bus that is deleted.
  { group: '', resources: ['persistentvolumeclaims'], verbs: ['list', 'watch', 'delete'] },
  // A name cannot be checked when an object is created.
  { group: 'coordination.k8s.io', resources: ['leases'], verbs: ['create'] },
  {
    group: 'coordination.k8s.io',
    resources: ['leases'],
    verbs: ['get', 'update'],
    names: [CONTROLLER.lease],
  },
  // Who leads.
  { group: '', resources: ['events'], verbs: ['create', 'patch'] },
];

/** What the source of calendars does: it keeps when each has spoken last. */
export const CALENDAR: readonly Permission[] = [
  // A name cannot be checked when an object is created.
  { group: '', resources: ['configmaps'], verbs: ['create'] },
  { group: '', resources: ['configmaps'], verbs: ['get', 'update'], names: [CALENDAR_STATE] },
];

/** What a sensor does in the namespace of its team. */
export const SENSOR: readonly Permission[] = [
  // One that is there already is looked at and written as it is; a policy holds it to that.
  { group: ARGO, resources: ['workflows'], verbs: ['get', 'create', 'patch'] },
  // Dead letters.
  { group: '', resources: ['configmaps'], verbs: ['create'] },
];
