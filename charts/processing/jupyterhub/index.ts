import { component } from '../../../core/component';
import { requireOwnObjects } from './admission';
import { checked } from './checks';
import { hub, notebooks, proxyApi } from './endpoints';
import { writeHub } from './hub';
import { writeProxy } from './proxy';
import { quotaOf } from './quota';
import { writeSecrets } from './secret';
import { settings } from './settings';
import { stateOf } from './state';
import { writeTeam } from './teams';
import { valuesOf } from './values';
import { writePlaceholders, writePrepull } from './warm';

export { notebooks } from './endpoints';

/** Gives people notebooks in the namespaces of their teams, each with a Spark session of its own. */
export const jupyterhub = component({
  name: 'jupyterhub',
  summary: 'Notebooks for people, each with a Spark session whose executors run on spot capacity',
  settings,
  pods: {
    hub: 'on-demand',
    proxy: 'on-demand',
    notebook: 'spot-preferred',
    // Where notebooks may run.
    prepull: 'spot-preferred',
    placeholder: 'spot-preferred',
  },
  endpoints: [hub, notebooks, proxyApi],
  namespaces: (_, chosen) => [{ name: 'jupyterhub', quota: quotaOf(chosen) }],
  build(chart, site, chosen) {
    const profile = checked(site, chosen);
    chart.recorded.needs.add('spark');
    const [identity, ...others] = site.teams.map((team) => writeTeam(chart, chosen, profile, team));
    if (!identity) throw new RangeError('there is no team, so there is nowhere to run a notebook');
    if (others.some((each) => JSON.stringify(each) !== JSON.stringify(identity))) {
      throw new RangeError('the cloud identifies notebooks differently in each namespace');
    }
    writeSecrets(chart, chosen);
    const state = stateOf(chart);
    writeHub(chart, chosen, state, valuesOf(chart, chosen, profile, identity, state));
    writeProxy(chart);
    requireOwnObjects(chart);
    if (chosen.prepull) writePrepull(chart, chosen);
    if (chosen.placeholders > 0) writePlaceholders(chart, chosen.placeholders, profile);
  },
});
