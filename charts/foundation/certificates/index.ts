import { component } from '../../../core/component';
import { apis } from './apis';
import { writeIssuers } from './issuers';
import { LABELS, writeOperator } from './operator';
import { settings } from './settings';

export { type CertificateProps, certificate, injectAuthority } from './certificate';
export { ISSUERS } from './issuers';

const NAME = 'certificates';

/** Signs certificates: with an authority inside the cluster, and with a public one where names of the site are public. */
export const certificates = component({
  name: NAME,
  summary: 'Certificates by cert-manager: an authority inside the cluster, a public one for public names',
  settings,
  pods: { controller: 'on-demand', webhook: 'on-demand', injector: 'on-demand' },
  labels: LABELS,
  apis: apis(NAME),
  namespaces: () => [{ name: NAME, quota: { cpu: '2', memory: '4Gi', pods: 12 } }],
  build(chart, _site, chosen) {
    writeOperator(chart, chosen);
    writeIssuers(chart, chosen);
  },
});
