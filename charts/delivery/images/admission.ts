import { admissionPolicy, requirePlacement } from '../../../core/admission';
import type { ComponentChart } from '../../../core/chart';
import { BUILDKIT_USER, TOOLS } from './tools';

/**
 * The namespace admits every pod, because no level of pod security lets through what BuildKit needs. So the API server
 * is told what that is: the pinned BuildKit may, as its own user; whatever else runs there is as restricted as anywhere.
 */
export function writeAdmission(chart: ComponentChart): void {
  const { site, home } = chart;
  const isBuild = `c.image == ${JSON.stringify(site.image(TOOLS.buildkit))}`;
  admissionPolicy(chart, {
    name: 'images-only-builds-unconfined',
    constraints: {
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
      { name: 'builds', expression: `variables.containers.filter(c, ${isBuild})` },
      { name: 'others', expression: `variables.containers.filter(c, !(${isBuild}))` },
    ],
    validations: [
      { expression: POD, message: 'Pods here have nothing of their node' },
      {
        expression: `variables.builds.all(c, ${BUILD})`,
        message: 'BuildKit runs as its own user, with no capability but those to map user ids',
      },
      {
        expression: `variables.others.all(c, ${RESTRICTED})`,
        message: 'Only the pinned BuildKit is an exception to the restricted profile',
      },
    ],
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
