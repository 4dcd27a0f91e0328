import { admissionPolicy, inNamespaces } from '../../../core/admission';
import type { ComponentChart } from '../../../core/chart';
import { sensorAccount } from './names';

/** What a workflow of a sensor may say. */
const FIELDS = ['workflowTemplateRef', 'arguments', 'entrypoint', 'onExit', 'synchronization'];

/**
 * A role can tell neither what a workflow runs nor how one is changed. So the API server holds sensors to it: they start
 * what a template says, with the account of the template, and leave workflows that are there as they are.
 */
export function requireTemplates(chart: ComponentChart): void {
  const { teams } = chart.site;
  const accounts = teams.map(({ name }) => `system:serviceaccount:${chart.home}:${sensorAccount(name)}`);
  admissionPolicy(chart, {
    name: 'sensors-start-templates',
    constraints: {
      resourceRules: [
        {
          apiGroups: ['argoproj.io'],
          apiVersions: ['v1alpha1'],
          operations: ['CREATE', 'UPDATE'],
          resources: ['workflows'],
        },
      ],
      namespaceSelector: inNamespaces(teams.map(({ namespace }) => namespace)),
    },
    conditions: [
      { name: 'by-a-sensor', expression: `request.userInfo.username in ${JSON.stringify(accounts.sort())}` },
    ],
    variables: [{ name: 'fields', expression: JSON.stringify(FIELDS) }],
    validations: [
      {
        expression: `has(object.spec.workflowTemplateRef) && object.spec.all(field, field in variables.fields)`,
        message: `A sensor starts what a template says: leave all but ${FIELDS.join(', ')} out of the workflow`,
      },
      {
        expression: `request.operation == 'CREATE' || object.spec == oldObject.spec`,
        message: 'A sensor changes no workflow: name another one after what is another event',
      },
    ],
  });
}
