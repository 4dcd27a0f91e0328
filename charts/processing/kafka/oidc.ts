import type { Egress } from '../../../core/cloud';
import type { JvmOptions, Listener } from '../../../imports/strimzi';
import type { Settings } from './settings';

type Oidc = NonNullable<Settings['oidc']>;

const HANDLER = 'org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler';
const MODULES = {
  password: 'org.apache.kafka.common.security.scram.ScramLoginModule',
  token: 'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule',
} as const;

/**
 * A listener for passwords and for tokens. Kafka itself checks signature, issuer, audience and age of a token; the
 * operator knows no such listener, so it is told of passwords too.
 */
export const passwordOrToken = ({
  issuer,
  jwks,
  audience,
  claim,
}: Oidc): NonNullable<Listener['authentication']> => ({
  type: 'custom',
  sasl: true,
  listenerConfig: {
    'sasl.enabled.mechanisms': 'SCRAM-SHA-512,OAUTHBEARER',
    'scram-sha-512.sasl.jaas.config': `${MODULES.password} required;`,
    'oauthbearer.sasl.jaas.config': `${MODULES.token} required;`,
    'oauthbearer.sasl.server.callback.handler.class': HANDLER,
    'oauthbearer.sasl.oauthbearer.jwks.endpoint.url': jwks,
    'oauthbearer.sasl.oauthbearer.expected.issuer': issuer,
    'oauthbearer.sasl.oauthbearer.expected.audience': audience,
    'oauthbearer.sasl.oauthbearer.sub.claim.name': claim,
    // A token that has run out ends its connection, too.
    'oauthbearer.connections.max.reauth.ms': 3_600_000,
  },
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
