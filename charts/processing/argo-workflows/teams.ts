import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import type { Identity } from '../../../core/cloud';
import { parseQuantity } from '../../../core/quantity';
import { role } from '../../../core/rbac';
import { EXECUTOR_REQUEST } from './configuration';
import { WORKFLOW_PODS } from './rbac';
import type { Settings } from './settings';
import { WORKFLOW_ACCOUNT, WORKFLOW_ROLE } from './workload';

/**
 * What the workflows of each team run with: an account, its rights in the namespace and on the bucket, the way to the
 * API server, and the compute that they may take.
 * @returns how workflow pods prove who they are to the cloud
 * @throws RangeError where that differs between namespaces: the controller has one configuration for all
 */
export function writeTeams(chart: ComponentChart, settings: Settings): Identity {
  const { site } = chart;
  const identities = site.teams.map(({ name, namespace }) => {
    const pods = chart.pods(WORKFLOW_ROLE, namespace);
    const identity = chart.grant(pods, WORKFLOW_ACCOUNT, 'read-write', 'artifacts');
    new k8s.KubeServiceAccount(chart, `account-${namespace}`, {
      metadata: {
        name: WORKFLOW_ACCOUNT,
        namespace,
        annotations: { ...identity.serviceAccountAnnotations },
      },
      // Said here, because the controller passes on to its pods only that a token shall not be mounted.
      automountServiceAccountToken: true,
    });
    const account = { name: WORKFLOW_ACCOUNT, namespace };
    role(chart, WORKFLOW_ACCOUNT, account, WORKFLOW_PODS, namespace);
    chart.useApiServer(pods);
    chart.demand({
      name: `workflow pods of ${name}`,
      placement: chart.placement(WORKFLOW_ROLE),
      namespace,
      cpu: parseQuantity(settings.request.cpu) + parseQuantity(EXECUTOR_REQUEST.cpu),
      memory: parseQuantity(settings.request.memory) + parseQuantity(EXECUTOR_REQUEST.memory),
      pods: settings.parallelism,
    });
    return identity;
  });
  const [first] = identities;
  if (!first) throw new RangeError('there is no team, so there is nowhere to run a workflow');
  const shared = ({ podLabels, env, secret }: Identity) => JSON.stringify({ podLabels, env, secret });
  if (identities.some((each) => shared(each) !== shared(first))) {
    throw new RangeError('the cloud identifies workflow pods differently in each namespace');
  }
  return first;
}
