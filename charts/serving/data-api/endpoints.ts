import { endpoint } from '../../../core/endpoint';
import { NAME, PORTS } from './names';

/** Where clients ask, with a token of the issuer: `/cubejs-api/v1/…`. */
export const restApi = endpoint({
  component: NAME,
  service: NAME,
  port: PORTS.api,
  scheme: 'http',
  role: 'api',
});
