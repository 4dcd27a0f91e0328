import { endpoint } from '../../../core/endpoint';
import { PORTS } from './names';

const component = 'argo-events';

/** Metrics under /metrics of whatever has the role. */
const metrics = (role: string) =>
  endpoint({ component, service: `${role}-metrics`, port: PORTS.metrics, scheme: 'http', role });

export const controllerMetrics = metrics('controller');
export const busMetrics = metrics('bus');

/** The same where the site has events at all. */
export const sensorMetrics = metrics('sensor');

/**
 * Where events are posted, where the site has webhooks: `/<team>/<name>` with the token of the team. The program reads
 * a certificate only when it starts, so it has none; whoever lets requests in from outside ends TLS.
 */
export const webhook = endpoint({
  component,
  service: 'webhook',
  port: PORTS.webhook,
  scheme: 'http',
  role: 'webhook',
});

/** Where an object store that posts its events finds `/objects`, with a token of its own. */
export const objectStoreEvents = endpoint({
  component,
  service: 'object-store-events',
  port: PORTS.webhook,
  scheme: 'http',
  role: 'buckets',
});
