import { admissionPolicy, inNamespaces } from '../../../core/admission';
import type { ComponentChart } from '../../../core/chart';
import { ACCOUNTS } from '../spark';

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
  admissionPolicy(chart, {
    name: 'notebooks-keep-to-their-own',
    constraints: {
      resourceRules: [
        {
          apiGroups: [''],
          apiVersions: ['v1'],
          operations: ['CREATE', 'UPDATE', 'DELETE'],
          resources: ['pods', 'configmaps', 'services', 'persistentvolumeclaims'],
        },
      ],
      namespaceSelector: inNamespaces(namespaces),
    },
    conditions: [
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
      },
      {
        expression: `request.operation == 'CREATE' || ${owned('oldObject')}`,
        message: 'A notebook changes and deletes only what it has made itself',
      },
      {
        expression: `request.resource.resource != 'pods' || request.operation != 'CREATE' || variables.isExecutor`,
        message:
          'The pods of a notebook are Spark executors, with their account and without claims or Secrets as volumes',
      },
    ],
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
