import type { Permission } from '../../../core/rbac';

const SPARK = 'sparkoperator.k8s.io';
const JOBS = ['sparkapplications', 'scheduledsparkapplications'];

/** What leading needs. A name cannot be checked when an object is created. */
export const lease = (name: string): readonly Permission[] => [
  { group: 'coordination.k8s.io', resources: ['leases'], verbs: ['create'] },
  { group: 'coordination.k8s.io', resources: ['leases'], verbs: ['get', 'update'], names: [name] },
  // Who leads.
  { group: '', resources: ['events'], verbs: ['create'] },
];

/**
 * What the controller, and spark-submit within it, do in the namespace of a team. Not among it, though upstream has
 * it: ingresses, which nobody asks it to make, and the writing of SparkConnect servers, whose programs would run
 * outside of any job.
 */
export const CONTROLLER_IN_TEAMS: readonly Permission[] = [
  // Single objects are read from caches.
  { group: SPARK, resources: JOBS, verbs: ['list', 'watch'] },
  // Its caches want this kind too.
  { group: SPARK, resources: ['sparkconnects'], verbs: ['list', 'watch'] },
  // A schedule makes jobs; what has lived out its time is deleted.
  { group: SPARK, resources: ['sparkapplications'], verbs: ['create', 'delete'] },
  { group: SPARK, resources: JOBS.map((each) => `${each}/status`), verbs: ['update'] },
  // Owners of what it creates, where the API server asks for that (OwnerReferencesPermissionEnforcement).
  { group: SPARK, resources: JOBS.map((each) => `${each}/finalizers`), verbs: ['update'] },
  // Drivers; executors are the drivers' own, and are watched.
  { group: '', resources: ['pods'], verbs: ['list', 'watch', 'create', 'delete'] },
  // The settings of a driver and its address, which spark-submit applies; the service of its user interface, which is
  // updated where an earlier try has left it.
  { group: '', resources: ['configmaps'], verbs: ['create', 'patch'] },
  // For SparkConnect, which is not used: without this cache the program ends.
  { group: '', resources: ['configmaps'], verbs: ['list', 'watch'] },
  {
    group: '',
    resources: ['services'],
    verbs: ['list', 'watch', 'create', 'update', 'patch', 'delete'],
  },
  { group: '', resources: ['events'], verbs: ['create', 'patch'] },
];

/** What the webhook reads in the namespace of a team: the job that a pod belongs to. */
export const WEBHOOK_IN_TEAMS: readonly Permission[] = [
  { group: SPARK, resources: ['sparkapplications'], verbs: ['list', 'watch'] },
];

const WEBHOOKS = ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'];

/** Where the webhook writes the authority that vouches for its certificate. */
export const webhookConfigurations = (name: string): readonly Permission[] => [
  { group: 'admissionregistration.k8s.io', resources: WEBHOOKS, verbs: ['list', 'watch'] },
  { group: 'admissionregistration.k8s.io', resources: WEBHOOKS, verbs: ['update'], names: [name] },
];

/** Where the webhook keeps its certificate, so that all its pods have the same. */
export const webhookSecret = (name: string): readonly Permission[] => [
  { group: '', resources: ['secrets'], verbs: ['create'] },
  { group: '', resources: ['secrets'], verbs: ['get', 'update'], names: [name] },
];

/**
 * What a driver does in its namespace: it makes executors and takes away what the job leaves. Not among it is what
 * Spark does for settings that `conf.ts` leaves off: claims of executors, and labels of those that leave.
 */
export const DRIVER: readonly Permission[] = [
  // It reads its own pod, which owns the executors; one that has ended is deleted by its name.
  {
    group: '',
    resources: ['pods'],
    verbs: ['get', 'list', 'watch', 'create', 'delete', 'deletecollection'],
  },
  // The settings of its executors.
  { group: '', resources: ['configmaps'], verbs: ['create', 'deletecollection'] },
  // Its own address, which spark-submit made.
  { group: '', resources: ['services'], verbs: ['deletecollection'] },
];

/** What a workflow pod does that starts a job and follows it, and that takes it away when its workflow is stopped. */
export const WORKFLOW_PODS: readonly Permission[] = [
  { group: SPARK, resources: ['sparkapplications'], verbs: ['get', 'list', 'create', 'patch', 'delete'] },
  // A job is owned by its workflow, where the API server asks for that.
  { group: 'argoproj.io', resources: ['workflows/finalizers'], verbs: ['update'] },
];
