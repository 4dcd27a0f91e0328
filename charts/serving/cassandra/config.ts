import { parseQuantity } from '../../../core/quantity';
import type { JsonValue } from '../../../core/yaml';
import type { Settings } from './settings';

/** Where servers find their certificate and key, one after the other in one file, and the authority of both sides. */
export const TLS = { path: '/etc/server', pair: 'tls-combined.pem', authority: 'ca.crt' } as const;

const PEM = {
  ssl_context_factory: { class_name: 'org.apache.cassandra.security.PEMBasedSslContextFactory' },
  keystore: `${TLS.path}/${TLS.pair}`,
  truststore: `${TLS.path}/${TLS.authority}`,
} as const;

/** What servers are told beside their addresses, which the operator adds: files of Cassandra by name. */
export function serverConfig({ server }: Settings): Readonly<Record<string, JsonValue>> {
  const heap = `${Math.floor(parseQuantity(server.memory) / 2 / 2 ** 20)}M`;
  return {
    'cassandra-yaml': {
      num_tokens: 16,
      // Copies of a row are in different racks, and what a server has is even.
      allocate_tokens_for_local_replication_factor: 3,
      authenticator: 'PasswordAuthenticator',
      authorizer: 'CassandraAuthorizer',
      role_manager: 'CassandraRoleManager',
      // Whoever waits longer has given up.
      read_request_timeout: '5s',
      write_request_timeout: '2s',
      // Nothing is taken away that no backup has yet.
      auto_snapshot: true,
      // Names of files never come back, also where a server begins anew: backups keep each file once.
      uuid_sstable_identifiers_enabled: true,
      client_encryption_options: { enabled: true, optional: false, require_client_auth: false, ...PEM },
      server_encryption_options: {
        internode_encryption: 'all',
        optional: false,
        require_client_auth: true,
        // Certificates have names of Services, and no addresses of servers.
        require_endpoint_verification: false,
        ...PEM,
      },
    },
    'jvm-server-options': { initial_heap_size: heap, max_heap_size: heap },
  };
}
