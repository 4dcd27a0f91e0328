import { versions } from '../../../versions';

/** The user of the image, by number. */
export const USER = 9731;

/** The user of NATS; its images name none, and would run as root. */
export const BUS_USER = 1000;

/** Controller, sources and sensors are one program. */
export const IMAGE = `quay.io/argoproj/argo-events:${versions.argoEvents}`;

export const BUS_IMAGES = {
  nats: `docker.io/library/nats:${versions.nats}`,
  reloader: `docker.io/natsio/nats-server-config-reloader:${versions.natsReloader}`,
  exporter: `docker.io/natsio/prometheus-nats-exporter:${versions.natsExporter}`,
} as const;

/** The name that sources and sensors take for granted. */
export const BUS = 'default';

/**
 * Order within the component. Sources and sensors wait for the bus; and when all is deleted, they go before it and it goes
 * before the controller, which has to say of each that it may.
 */
export const AFTER_CONTROLLER = { 'argocd.argoproj.io/sync-wave': '1' } as const;
export const AFTER_BUS = { 'argocd.argoproj.io/sync-wave': '2' } as const;

/** What the controller makes of the bus is called after it. */
export const BUS_SECRETS = {
  server: {
    name: `eventbus-${BUS}-js-server`,
    keys: [
      'auth',
      'encryption',
      'private-key',
      'cert',
      'ca-cert',
      'cluster-private-key',
      'cluster-cert',
      'cluster-ca-cert',
    ],
  },
  client: { name: `eventbus-${BUS}-js-client-auth`, keys: ['client-auth'] },
} as const;

/** Ports of pods, which the programs fix; `webhook` is ours. */
export const PORTS = {
  metrics: 7777,
  health: 8081,
  bus: 4222,
  busRoutes: 6222,
  busMonitor: 8222,
  webhook: 12_000,
} as const;

/** The controller's Deployment and account; its Lease, whose name the program chooses itself. */
export const CONTROLLER = { name: 'controller-manager', lease: 'argo-events-controller' } as const;

/** EventSources, each of which has its own pods and account; events of one kind share one. */
export const SOURCES = {
  webhook: 'webhook',
  calendar: 'calendar',
  topics: 'topics',
  buckets: 'buckets',
} as const;
export type SourceName = keyof typeof SOURCES;

/** The account of the sensor of a team. */
export const sensorAccount = (team: string): string => `sensor-${team}`;

/** Where the clock of calendars is kept between restarts. */
export const CALENDAR_STATE = 'calendar-state';

/** The Secret whose token a sender shows, by team; of the object store, where it posts. */
export const tokenOf = (sender: string): { readonly name: string; readonly key: 'token' } => ({
  name: `token-${sender}`,
  key: 'token',
});

/** Label of what an event could not be made of; its value is the source. */
export const DEAD_LETTER = 'lakeport.io/dead-letter';
