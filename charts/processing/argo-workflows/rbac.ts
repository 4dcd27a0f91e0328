import type { Permission } from '../../../core/rbac';
import type { Archive } from './archive';

const ARGO = 'argoproj.io';

/**
 * What the controller reads in the whole cluster: its caches are cluster-wide where it serves more than one
 * namespace. It writes nothing there but the label of workflows that are archived, wherever they ran.
 */
export const controllerEverywhere = (archive: Archive | undefined): readonly Permission[] => [
  ...(archive ? [{ group: ARGO, resources: ['workflows'], verbs: ['patch'] as const }] : []),
  {
    group: ARGO,
    resources: [
      'workflows',
      'workflowtemplates',
      'clusterworkflowtemplates',
      'cronworkflows',
      'workflowtaskresults',
      'workflowtasksets',
      'workflowartifactgctasks',
    ],
    verbs: ['list', 'watch'],
  },
  // It checks for this verb before it uses cluster templates at all.
  { group: ARGO, resources: ['clusterworkflowtemplates'], verbs: ['get'] },
  { group: '', resources: ['pods'], verbs: ['list', 'watch'] },
  // Those with a label of its own, and the names of all, to notice a changed semaphore.
  { group: '', resources: ['configmaps'], verbs: ['list', 'watch'] },
];

/**
 * What the controller does in the namespace of a team or of builds, and nowhere else: so a workflow in any other
 * namespace gets no pod. Not among it, though upstream has it: namespaces (a label that sets another limit of parallelism),
 * ServiceAccounts (long-lived tokens, and commands that are looked up in an image registry) and the CA of agents
 * (HTTP and plugin templates, whose pod needs such a token).
 */
export const CONTROLLER_WHERE_SERVED: readonly Permission[] = [
  // Workflows are created for a CronWorkflow, and deleted when their time is over.
  { group: ARGO, resources: ['workflows'], verbs: ['get', 'create', 'update', 'delete'] },
  { group: ARGO, resources: ['cronworkflows'], verbs: ['patch'] },
  { group: ARGO, resources: ['workflowtemplates'], verbs: ['get'] },
  { group: ARGO, resources: ['workflowtaskresults'], verbs: ['deletecollection'] },
  { group: ARGO, resources: ['workflowartifactgctasks'], verbs: ['create', 'delete'] },
  // Steps of an HTTP template: so that such a workflow fails, saying why, and does not wait for ever.
  { group: ARGO, resources: ['workflowtasksets'], verbs: ['create', 'patch'] },
  // Owners of what it creates, where the API server asks for that (OwnerReferencesPermissionEnforcement).
  {
    group: ARGO,
    resources: ['workflows/finalizers', 'cronworkflows/finalizers', 'workflowartifactgctasks/finalizers'],
    verbs: ['update'],
  },
  { group: '', resources: ['pods'], verbs: ['get', 'create', 'patch', 'delete'] },
  // To end containers of a workflow that is stopped or past its deadline, and sidecars of a finished step.
  { group: '', resources: ['pods/exec'], verbs: ['create'] },
  // Limits of semaphores, and artifact repositories of a namespace.
  { group: '', resources: ['configmaps'], verbs: ['get'] },
  // Claims of workflows with volumeClaimTemplates.
  { group: '', resources: ['persistentvolumeclaims'], verbs: ['get', 'create', 'update', 'delete'] },
  { group: '', resources: ['events'], verbs: ['create', 'patch'] },
  // Budgets of workflows that ask for one.
  { group: 'policy', resources: ['poddisruptionbudgets'], verbs: ['create', 'delete'] },
];

/** What the controller does in its own namespace. */
export const controllerAtHome = (
  config: string,
  lease: string,
  archive: Archive | undefined,
): readonly Permission[] => [
  // A name cannot be checked when an object is created.
  { group: 'coordination.k8s.io', resources: ['leases'], verbs: ['create'] },
  { group: 'coordination.k8s.io', resources: ['leases'], verbs: ['get', 'update'], names: [lease] },
  { group: '', resources: ['configmaps'], verbs: ['get'], names: [config] },
  // Who leads.
  { group: '', resources: ['events'], verbs: ['create'] },
  ...databaseSecret(archive),
];

/**
 * What the server reads with its own account. Everything that a caller asks for is done with the caller's token, so
 * there is nothing here to write, nor any Secret: not for pods, logs, events or webhooks.
 */
export const SERVER_READS: readonly Permission[] = [
  {
    group: ARGO,
    resources: ['workflows', 'workflowtemplates', 'clusterworkflowtemplates'],
    verbs: ['list', 'watch'],
  },
  // It checks for this verb before it uses cluster templates at all.
  { group: ARGO, resources: ['clusterworkflowtemplates'], verbs: ['get'] },
];

/** What the server reads in its own namespace. */
export const serverAtHome = (config: string, archive: Archive | undefined): readonly Permission[] => [
  { group: '', resources: ['configmaps'], verbs: ['get'], names: [config] },
  ...databaseSecret(archive),
];

const databaseSecret = (archive: Archive | undefined): readonly Permission[] =>
  archive ? [{ group: '', resources: ['secrets'], verbs: ['get'], names: [archive.secret] }] : [];

/** What a step does in its namespace: it reports how it ended, and its outputs. */
export const STEP: readonly Permission[] = [
  { group: ARGO, resources: ['workflowtaskresults'], verbs: ['create', 'patch'] },
];

/** What a workflow pod does in the namespace of a team. */
export const WORKFLOW_PODS: readonly Permission[] = [
  ...STEP,
  // Deletion of artifacts, in workflows that ask for it.
  { group: ARGO, resources: ['workflowartifactgctasks'], verbs: ['list'] },
  { group: ARGO, resources: ['workflowartifactgctasks/status'], verbs: ['patch'] },
];

/** What people of a team may do with workflows: for the roles `view` and `edit` that clusters bind them to. */
export const PEOPLE: Readonly<Record<'view' | 'edit', readonly Permission[]>> = {
  view: [
    {
      group: ARGO,
      resources: ['workflows', 'workflowtemplates', 'clusterworkflowtemplates', 'cronworkflows'],
      verbs: ['get', 'list', 'watch'],
    },
  ],
  edit: [
    {
      group: ARGO,
      resources: ['workflows', 'workflowtemplates', 'cronworkflows'],
      verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'],
    },
  ],
};
