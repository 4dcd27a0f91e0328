import { endpoint } from '../../../core/endpoint';
import { NAME, PORTS } from './names';

/** Where clients begin, in CQL with TLS; from there they find each server by itself. */
export const cql = endpoint({
  component: NAME,
  service: 'cql',
  port: PORTS.cql,
  scheme: 'cql',
  role: 'server',
});
