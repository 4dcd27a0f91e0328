import { endpoint } from '../../../core/endpoint';
import { COORDINATOR, NAME, PORTS } from './names';

const role = 'coordinator';

/** Where clients send SQL: with the certificate of their team, or a token of the issuer. */
export const coordinator = endpoint({
  component: NAME,
  service: NAME,
  port: PORTS.https,
  scheme: 'https',
  role,
});

/** The same for workers, which ask by the address of the pod: a Service without an address gives it. */
export const discovery = endpoint({
  component: NAME,
  service: COORDINATOR,
  port: PORTS.https,
  scheme: 'https',
  role,
});

/** Metrics of the coordinator in the format of OpenMetrics, under /metrics. */
export const metrics = endpoint({
  component: NAME,
  service: 'trino-metrics',
  port: PORTS.http,
  scheme: 'http',
  role,
});
