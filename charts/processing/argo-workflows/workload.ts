import { versions } from '../../../versions';

/** The user of the images, by number. */
export const USER = 8737;

const image = (name: string, suffix = ''): string =>
  `quay.io/argoproj/${name}:${versions.argoWorkflows}${suffix}`;

export const IMAGES = {
  controller: image('workflow-controller'),
  server: image('argocli'),
  /** The variant that does not start as root. */
  executor: image('argoexec', '-nonroot'),
} as const;

/** Name of the controller's Deployment and ServiceAccount, and of its Lease, which the program chooses itself. */
export const CONTROLLER = 'workflow-controller';

/** Name of the roles that the controller has. */
export const CONTROLLER_ROLE = `argo-${CONTROLLER}`;

/** The account of workflow pods, in every namespace of a team. */
export const WORKFLOW_ACCOUNT = 'workflow';

/** The role of workflow pods among the component's pods. */
export const WORKFLOW_ROLE = 'workflow';

/** Where workflow pods run. */
export const WORKFLOW_PLACEMENT = 'spot';

/** Days for which a workflow that failed can be looked at. */
export const KEPT_DAYS = 7;
