import type { ComponentChart } from '../../../core/chart';
import type { Identity } from '../../../core/cloud';
import { addressOf } from '../../../core/endpoint';
import { podLabels } from '../../../core/labels';
import type { JsonValue } from '../../../core/yaml';
import { hub, NOTEBOOK_PORT, notebooks, proxyApi } from './endpoints';
import { notebookImage } from './image';
import { podOf, profileOf } from './notebook';
import type { Profile, Settings } from './settings';
import type { HubState } from './state';

/** Longest that a server may take: a node comes, and fetches the image. */
const START_SECONDS = 15 * 60;

/** What the configuration of the hub reads, as JSON; {@link file://./hub/lakehub.py} has the other side. */
export function valuesOf(
  chart: ComponentChart,
  settings: Settings,
  chosen: Profile,
  identity: Identity,
  state: HubState,
): string {
  const { site, component } = chart;
  const { profiles, idleMinutes, namedServers, servers, oidc, adminGroups, groups } = settings;
  const host = settings.host ?? `notebooks.${site.domain}`;
  const others = profiles.filter((each) => each !== chosen);
  const labels = podLabels(component, 'notebook');
  const values: JsonValue = {
    hub: { bind: `http://0.0.0.0:${hub.port}`, url: addressOf(hub).uri, database: state.url },
    proxy: { bind: `http://0.0.0.0:${notebooks.port}`, api: addressOf(proxyApi).uri },
    authentication: oidc
      ? {
          kind: 'oidc',
          issuer: oidc.issuer,
          client_id: oidc.clientId,
          callback: `https://${host}/hub/oauth_callback`,
          scopes: [...oidc.scopes],
          username_claim: oidc.usernameClaim,
          groups_claim: oidc.groupsClaim,
          admin_groups: [...adminGroups],
        }
      : { kind: 'accounts', admin: 'admin' },
    teams: site.teams.map(({ name, namespace }) => ({ name, namespace, group: groups[name] ?? name })),
    // The first is the default.
    profiles: [chosen, ...others].map((each) => profileOf(each, settings)),
    culling: {
      // Servers with less time end themselves.
      timeout: Math.max(...profiles.map((each) => each.idleMinutes ?? idleMinutes)) * 60,
      every: 60,
    },
    limits: { named_servers: namedServers, active_servers: servers.max * site.teams.length },
    server: {
      image: notebookImage(site, settings),
      port: NOTEBOOK_PORT,
      start_timeout: START_SECONDS,
      role: labels['app.kubernetes.io/component'] ?? '',
      common_labels: { 'app.kubernetes.io/name': component, 'app.kubernetes.io/managed-by': component },
      storage_class: site.cloud.blockStorage.name,
      storage: settings.home,
      pod: podOf(chart, settings, identity),
    },
  };
  return `${JSON.stringify(values, null, 2)}\n`;
}
