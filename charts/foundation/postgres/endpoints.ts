import { endpoint } from '../../../core/endpoint';
import { NAME, PORTS } from './names';

/** The instance that writes, for whoever keeps something in a session: prepared statements, locks, settings. */
export const primary = endpoint({
  component: NAME,
  service: 'primary',
  port: PORTS.clients,
  scheme: 'postgresql',
  role: 'instance',
});

/** The same by poolers, which lend a connection for one transaction. */
export const pool = endpoint({
  component: NAME,
  service: 'pool',
  port: PORTS.clients,
  scheme: 'postgresql',
  role: 'pooler',
});
