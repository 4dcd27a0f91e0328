import { ApiObject } from 'cdk8s';
import type { ComponentChart } from '../../../core/chart';
import { ACCOUNTS } from '../spark';

const NAME = 'notebooks-keep-to-their-own';
const API_VERSION = 'admissionregistration.k8s.io/v1';

/** Names of servers' pods begin so; {@link file://./hub/jupyterhub_config.py} names them. */
export const POD_PREFIX = 'jupyter-';

/**
 * Every server of a team has the account of its Spark drivers, and a role can tell neither labels nor owners. The token of
 * a pod does tell which pod it is of, so the API server holds each server to what is its own: executors that go when it
 * goes, and their configuration.
 */
export function requireOwnObjects(chart: ComponentChart): void {
  const namespaces = chart.site.teams.map(({ namespace }) => namespace).sort();
  const accounts = namespaces.map((namespace) => `system:serviceaccount:${namespace}:${ACCOUNTS.driver}`);
  new ApiObject(chart, `policy-${NAME}`, {
    apiVersion: API_VERSION,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: NAME },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: [''],
            apiVersions: ['v1'],
            operations: ['CREATE', 'UPDATE', 'DELETE'],
            resources: ['pods', 'configmaps', 'services', 'persistentvolumeclaims'],
          },
        ],
        namespaceSelector: {
          matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: namespaces }],
        },
      },
      matchConditions: [
        {
          name: 'of-a-notebook',
          expression: [
            `request.userInfo.username in ${JSON.stringify(accounts)}`,
            `${POD} in request.userInfo.extra`,
            `request.userInfo.extra[${POD}][0].startsWith('${POD_PREFIX}')`,
          ].join(' && '),
        },
      ],
      variables: [
        { name: 'me', expression: `request.userInfo.extra['authentication.kubernetes.io/pod-uid'][0]` },
        { name: 'isExecutor', expression: EXECUTOR },
      ],
      validations: [
        {
          expression: `request.operation == 'DELETE' || ${owned('object')}`,
          message: 'A notebook makes only what goes with it: leave spark.kubernetes.driver.pod.name as it is',
          reason: 'Forbidden',
        },
        {
          expression: `request.operation == 'CREATE' || ${owned('oldObject')}`,
          message: 'A notebook changes and deletes only what it has made itself',
          reason: 'Forbidden',
        },
        {
          expression: `request.resource.resource != 'pods' || request.operation != 'CREATE' || variables.isExecutor`,
          message:
            'The pods of a notebook are Spark executors, with their account and without claims or Secrets as volumes',
          reason: 'Forbidden',
        },
      ],
    },
  });
  new ApiObject(chart, `policy-binding-${NAME}`, {
    apiVersion: API_VERSION,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: NAME },
    spec: { policyName: NAME, validationActions: ['Deny'] },
  });
}

const POD = `'authentication.kubernetes.io/pod-name'`;

const owned = (object: 'object' | 'oldObject'): string =>
  `${object}.metadata.?ownerReferences.orValue([]).exists(o, o.uid == variables.me)`;

const EXECUTOR = [
  `object.metadata.?labels[?'spark-role'].orValue('') == 'executor'`,
  `object.spec.?serviceAccountName.orValue('') == '${ACCOUNTS.executor}'`,
  '!object.spec.?volumes.orValue([]).exists(v, has(v.persistentVolumeClaim) || has(v.secret) || has(v.projected))',
].join(' && ');
