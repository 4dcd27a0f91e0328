import type { Egress } from '../../../core/cloud';
import { addressOf } from '../../../core/endpoint';
import type { Site } from '../../../core/site';
import { coordinator } from './endpoints';
import { propertiesFile } from './properties';
import type { Settings } from './settings';

type Lineage = NonNullable<Settings['lineage']>;

/** Has queries tell what they read and wrote. A server that does not answer costs a warning, and never the query. */
export function lineageFile(site: Site, { url, namespace }: Lineage): string {
  const { origin, pathname } = new URL(url);
  return propertiesFile({
    'event-listener.name': 'openlineage',
    'openlineage-event-listener.trino.uri': addressOf(coordinator).uri,
    'openlineage-event-listener.transport.type': 'HTTP',
    'openlineage-event-listener.transport.url': origin,
    'openlineage-event-listener.transport.endpoint': pathname === '/' ? '/api/v1/lineage' : pathname,
    'openlineage-event-listener.namespace': namespace ?? site.name,
  });
}

/** The way there. */
export const lineageEgress = ({ url, cidrs }: Lineage): Egress => ({
  name: 'lineage',
  cidrs,
  ports: [Number(new URL(url).port) || 443],
});
