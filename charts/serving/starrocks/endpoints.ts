import { endpoint } from '../../../core/endpoint';
import { NAME, PORTS } from './names';

const role = 'frontend';

/** Where clients send SQL, in the protocol of MySQL with TLS. */
export const sql = endpoint({ component: NAME, service: 'sql', port: PORTS.sql, scheme: 'mysql', role });

/** Where what is loaded by HTTP (Stream Load) begins, and where the health and the metrics of frontends are. */
export const load = endpoint({ component: NAME, service: 'load', port: PORTS.http, scheme: 'http', role });
