import { component } from '../../../core/component';
import { InputError } from '../../../core/problem';
import { writeContract } from './contract';
import { postsOf } from './events';
import { writeGateways } from './gateway';
import { writeJobs } from './jobs';
import { wantedKeys, writeKeys, writeOwnSecrets } from './keys';
import { writeMetadata } from './metadata';
import { quotaOf } from './quota';
import { writeMasters, writeVolumes } from './servers';
import { DEFAULT_STORE, settings } from './settings';

export { FOLDER } from './events';
export { EVENTS_SECRET } from './names';

/** The buckets of the site, and where it has no store outside the cluster, one inside that keeps them. */
export const objectStore = component({
  name: 'object-store',
  summary:
    'Buckets of the site: who may use them, how long objects stay; a store inside the cluster where there is none',
  settings,
  pods: {
    metadata: 'on-demand',
    master: 'on-demand',
    volume: 'on-demand',
    gateway: 'on-demand',
    keeper: 'on-demand',
  },
  namespaces: ({ cloud }, { store }) => [
    {
      name: 'object-store',
      quota: cloud.objectStore.inCluster
        ? quotaOf(store ?? DEFAULT_STORE)
        : { cpu: '0', memory: '0', pods: 0 },
    },
  ],
  build(chart, { cloud }, { store }) {
    if (!cloud.objectStore.inCluster) {
      if (!store) return;
      const message = `${cloud.name} has its object store outside the cluster, so there is none to set`;
      throw new InputError([{ field: 'store', found: store, message, remedy: 'leave it out' }]);
    }
    const chosen = store ?? DEFAULT_STORE;
    writeOwnSecrets(chart);
    writeMetadata(chart, chosen);
    writeMasters(chart, chosen);
    writeVolumes(chart, chosen);
  },
  complete(chart, { cloud }, recorded, { store }) {
    writeContract(chart, recorded);
    if (!cloud.objectStore.inCluster) return;
    writeGateways(chart, store ?? DEFAULT_STORE, postsOf(chart, recorded));
    writeKeys(chart, wantedKeys(recorded));
    writeJobs(chart, recorded);
  },
});
