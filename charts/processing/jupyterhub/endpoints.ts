import { endpoint } from '../../../core/endpoint';

const component = 'jupyterhub';

/** The hub: its pages behind the proxy, and its API for notebooks. */
export const hub = endpoint({
  component,
  service: 'jupyterhub-hub',
  port: 8081,
  scheme: 'http',
  role: 'hub',
});

/** Where people come in: every request goes by the proxy, to the hub or to a notebook. */
export const notebooks = endpoint({
  component,
  service: 'jupyterhub',
  port: 8000,
  scheme: 'http',
  role: 'proxy',
});

/** Where the hub tells the proxy which notebook lies where. */
export const proxyApi = endpoint({
  component,
  service: 'jupyterhub-proxy-api',
  port: 8001,
  scheme: 'http',
  role: 'proxy',
});

/** The port of every notebook server. */
export const NOTEBOOK_PORT = 8888;
