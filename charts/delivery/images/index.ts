import { component } from '../../../core/component';

import { writeAccess } from './access';
import { writeAdmission } from './admission';
import { builtImages } from './built';
import { settings } from './settings';
import { requireSoundStack } from './stack';
import { writeWorkflows } from './workflows';

export { lakeImage, ownImage, PYTHON_IMAGE, UPSTREAM } from './built';
export { FOLDER } from './folders';
export { whyOtherSpark } from './other-spark';
export { requireSoundStack } from './stack';

/** Builds the images of Spark, notebooks and Hive, and those of the site's own folders, in the cluster itself. */
export const images = component({
  name: 'images',
  summary:
    'Images of Spark, notebooks and Hive: built on spot capacity, scanned, signed and pushed to the registry of the site',
  settings,
  pods: { builder: 'spot', checker: 'spot' },
  namespaces: ({ registry }) =>
    registry === undefined
      ? []
      : [
          {
            name: 'images',
            quota: { cpu: '12', memory: '40Gi', pods: 24 },
            podSecurity: {
              level: 'privileged',
              reason:
                'BuildKit makes a user namespace without being root, for which setuid programs and calls that seccomp ' +
                'and AppArmor refuse by default are needed; the policy images-only-builds-unconfined keeps all other pods restricted',
            },
          },
        ],
  build(chart, site, chosen) {
    requireSoundStack();
    if (site.registry === undefined) return;
    const context = { site, settings: chosen, identity: writeAccess(chart, chosen, site.registry) };
    writeWorkflows(chart, context, builtImages(site));
    writeAdmission(chart);
  },
});
