import type { Egress } from '../../../core/cloud';
import type { JvmOptions, Listener } from '../../../imports/strimzi';
import { PORTS } from './names';
import type { Settings } from './settings';

type Oidc = NonNullable<Settings['oidc']>;

const HANDLER = 'org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler';
const MODULE = 'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule';

/** A listener for tokens: Kafka itself checks their signature, issuer, audience and age. */
export const oidcListener = (
  { issuer, jwks, audience, claim }: Oidc,
  names: readonly string[],
): Listener => ({
  name: 'oidc',
  port: PORTS.oidc,
  type: 'internal',
  tls: true,
  authentication: {
    type: 'custom',
    sasl: true,
    listenerConfig: {
      'sasl.enabled.mechanisms': 'OAUTHBEARER',
      'oauthbearer.sasl.jaas.config': `${MODULE} required;`,
      'oauthbearer.sasl.server.callback.handler.class': HANDLER,
      'oauthbearer.sasl.oauthbearer.jwks.endpoint.url': jwks,
      'oauthbearer.sasl.oauthbearer.expected.issuer': issuer,
      'oauthbearer.sasl.oauthbearer.expected.audience': audience,
      'oauthbearer.sasl.oauthbearer.sub.claim.name': claim,
      // A token that has run out ends its connection, too.
      'oauthbearer.connections.max.reauth.ms': 3_600_000,
    },
  },
  configuration: { bootstrap: { alternativeNames: names } },
});

/** Kafka fetches keys only from where it is told on the command line. */
export const oidcJvm = ({ jwks }: Oidc): JvmOptions => ({
  javaSystemProperties: [{ name: 'org.apache.kafka.sasl.oauthbearer.allowed.urls', value: jwks }],
});

/** The way to the keys. */
export function oidcEgress({ jwks }: Oidc): Egress {
  const { port, protocol } = new URL(jwks);
  return {
    name: 'oidc',
    cidrs: ['0.0.0.0/0'],
    ports: [Number(port) || (protocol === 'https:' ? 443 : 80)],
  };
}
