import { endpoint } from '../../../core/endpoint';
import { PORTS } from './names';

const component = 'kafka';

/** Where clients find the brokers: SASL_SSL with SCRAM-SHA-512, or with a token where the site has an issuer. */
export const bootstrap = endpoint({
  component,
  service: 'bootstrap',
  port: PORTS.clients,
  scheme: 'kafka',
  role: 'broker',
});

/** Schemas of the messages, by the API that Confluent's clients speak. */
export const schemaRegistry = endpoint({
  component,
  service: 'schema-registry',
  port: 8081,
  scheme: 'http',
  role: 'schema-registry',
});
