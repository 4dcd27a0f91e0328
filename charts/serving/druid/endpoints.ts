import { endpoint } from '../../../core/endpoint';
import { NAME, PORTS } from './names';

/** One address for everything: SQL, ingestion, and the console for people. */
export const router = endpoint({
  component: NAME,
  service: 'router',
  port: PORTS.router,
  scheme: 'https',
  role: 'router',
});

/** Where programs send queries: SQL by HTTP, and JDBC under /druid/v2/sql/avatica/. */
export const broker = endpoint({
  component: NAME,
  service: 'broker',
  port: PORTS.broker,
  scheme: 'https',
  role: 'broker',
});
