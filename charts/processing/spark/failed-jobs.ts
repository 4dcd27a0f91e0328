import { admissionPolicy, inNamespaces } from '../../../core/admission';
import type { ComponentChart } from '../../../core/chart';
import { FOLLOWER } from './job-template';

/**
 * Jobs of workflows keep their name at every try of their step, so that a job that runs is followed and not started
 * twice. One that has failed would fail every further try at once; so the API server refuses it a new follower, as
 * invalid, and `kubectl apply --force` answers that by making the object anew: `Patch` in pkg/cmd/apply/patcher.go.
 */
export function refuseFailedJobs(chart: ComponentChart): void {
  const follower = (object: 'object' | 'oldObject') =>
    `${object}.metadata.?annotations[?'${FOLLOWER}'].orValue('')`;
  admissionPolicy(chart, {
    name: 'failed-jobs-are-made-anew',
    constraints: {
      resourceRules: [
        {
          apiGroups: ['sparkoperator.k8s.io'],
          apiVersions: ['v1beta2'],
          operations: ['UPDATE'],
          resources: ['sparkapplications'],
        },
      ],
      namespaceSelector: inNamespaces(chart.site.teams.map(({ namespace }) => namespace)),
    },
    variables: [{ name: 'state', expression: `oldObject.?status.?applicationState.?state.orValue('')` }],
    validations: [
      {
        expression: `variables.state != 'FAILED' || ${follower('object')} == ${follower('oldObject')}`,
        message: 'A job that has failed is not followed again: delete it, and make it anew',
        reason: 'Invalid',
      },
    ],
  });
}
