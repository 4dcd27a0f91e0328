import { ApiObject } from 'cdk8s';
import { requirePlacement } from '../../../core/admission';
import type { ComponentChart } from '../../../core/chart';
import { BUILDKIT_USER, TOOLS } from './tools';

const NAME = 'images-only-builds-unconfined';

/**
 * The namespace admits every pod, because no level of pod security lets through what BuildKit needs. So the API server
 * is told what that is: the pinned BuildKit may, as its own user; whatever else runs there is as restricted as anywhere.
 */
export function writeAdmission(chart: ComponentChart): void {
  const { site, home } = chart;
  const api = { apiVersion: 'admissionregistration.k8s.io/v1' };
  new ApiObject(chart, 'policy', {
    ...api,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: NAME },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: [''],
            apiVersions: ['v1'],
            operations: ['CREATE', 'UPDATE'],
            resources: ['pods', 'pods/ephemeralcontainers'],
          },
        ],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': home } },
      },
      variables: [
        { name: 'containers', expression: CONTAINERS },
        {
          name: 'builds',
          expression: `variables.containers.filter(c, ${isBuild(site.image(TOOLS.buildkit))})`,
        },
        {
          name: 'others',
          expression: `variables.containers.filter(c, !(${isBuild(site.image(TOOLS.buildkit))}))`,
        },
      ],
      validations: [
        { expression: POD, message: 'Pods here have nothing of their node', reason: 'Forbidden' },
        {
          expression: `variables.builds.all(c, ${BUILD})`,
          message: 'BuildKit runs as its own user, with no capability but those to map user ids',
          reason: 'Forbidden',
        },
        {
          expression: `variables.others.all(c, ${RESTRICTED})`,
          message: 'Only the pinned BuildKit is an exception to the restricted profile',
          reason: 'Forbidden',
        },
      ],
    },
  });
  new ApiObject(chart, 'policy-binding', {
    ...api,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: NAME },
    spec: { policyName: NAME, validationActions: ['Deny'] },
  });
  requirePlacement(chart, {
    name: 'images-on-spot',
    namespaces: [home],
    pods: { matchExpressions: [{ key: 'workflows.argoproj.io/workflow', operator: 'Exists' }] },
    terms: site.cloud.capacity.spot,
    message: 'Images are built on spot nodes only: leave affinity out of workflow and templates',
  });
}

const CONTAINERS = ['containers', 'initContainers', 'ephemeralContainers']
  .map((field) => `object.spec.?${field}.orValue([])`)
  .join(' + ');

const isBuild = (image: string): string => `c.image == ${JSON.stringify(image)}`;

const POD = [
  ...['hostNetwork', 'hostPID', 'hostIPC'].map((field) => `!object.spec.?${field}.orValue(false)`),
  'object.spec.?volumes.orValue([]).all(v, !has(v.hostPath))',
  "object.spec.?securityContext.?seccompProfile.?type.orValue('') == 'RuntimeDefault'",
  'object.spec.?securityContext.?runAsNonRoot.orValue(false)',
].join(' && ');

const security = (field: string, otherwise: string): string =>
  `c.?securityContext.?${field}.orValue(${otherwise})`;

const UNPRIVILEGED = `!${security('privileged', 'false')}`;

const BUILD = [
  UNPRIVILEGED,
  `${security('runAsUser', '0')} == ${BUILDKIT_USER}`,
  `'ALL' in ${security('capabilities.?drop', '[]')}`,
  `${security('capabilities.?add', '[]')}.all(a, a in ['SETGID', 'SETUID'])`,
].join(' && ');

const RESTRICTED = [
  UNPRIVILEGED,
  `!${security('allowPrivilegeEscalation', 'true')}`,
  `${security('runAsUser', '1')} != 0`,
  `${security('runAsNonRoot', 'true')}`,
  `'ALL' in ${security('capabilities.?drop', '[]')}`,
  `${security('capabilities.?add', '[]')}.size() == 0`,
  `${security('seccompProfile.?type', "'RuntimeDefault'")} == 'RuntimeDefault'`,
].join(' && ');
