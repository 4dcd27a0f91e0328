import type { Egress } from './cloud';

/** What keeps the secrets of a site outside the cluster. The first three are reached with the identity of pods. */
export type SecretBackend =
  | { readonly kind: 'aws-secrets-manager'; readonly region: string }
  | { readonly kind: 'gcp-secret-manager'; readonly project: string }
  | { readonly kind: 'azure-key-vault'; readonly url: string; readonly tenant: string }
  | {
      readonly kind: 'vault';
      /** URL of the server. */
      readonly server: string;
      /** Mount of the key-value engine, version 2. */
      readonly mount: string;
      /** Mount of the Kubernetes authentication, and the role there. */
      readonly auth: { readonly mount: string; readonly role: string };
      /** Certificates that vouch for the server, as PEM; those that every image has by default. */
      readonly ca?: string | undefined;
    };

/** A store of secrets as a cloud gives it. */
export interface SecretStore {
  readonly backend: SecretBackend;
  /** What the store calls a secret of lakeport, of the parts of its name in the words that the store admits. */
  key(...parts: readonly string[]): string;
  /** How often the cluster looks for changed values: a Go duration. */
  readonly refresh: string;
  /** What must be reached for it, beside what an identity wants. */
  readonly egress: readonly Egress[];
}
