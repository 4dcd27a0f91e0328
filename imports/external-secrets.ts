import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';

/** Which secret of a store, and which part of it where it holds a JSON object. */
export interface RemoteReference {
  readonly key: string;
  readonly property?: string;
  readonly version?: string;
}

export interface GeneratorReference {
  readonly apiVersion: 'generators.external-secrets.io/v1alpha1';
  readonly kind: 'ClusterGenerator' | RegistryTokenKind;
  readonly name: string;
}

/** Generators of tokens of a registry, of the namespace in which they are. */
export type RegistryTokenKind = 'ECRAuthorizationToken' | 'ACRAccessToken' | 'GCRAccessToken';

/** What each generator of tokens is told. Without `auth` the operator uses the identity of its own pods. */
export interface RegistryTokenSpecs {
  readonly ECRAuthorizationToken: { readonly region: string };
  readonly ACRAccessToken: {
    readonly tenantId: string;
    /** Host name. */
    readonly registry: string;
    readonly auth: { readonly workloadIdentity: { readonly serviceAccountRef: ServiceAccountReference } };
  };
  readonly GCRAccessToken: { readonly projectID: string; readonly auth: Record<string, never> };
}

/** A change of the keys that a source gives. */
export interface Rewrite {
  readonly regexp: { readonly source: string; readonly target: string };
}

export interface ExternalSecretTarget {
  /** Name of the Secret. Default: the one of the ExternalSecret. */
  readonly name?: string;
  /** `Owner`: it goes with the ExternalSecret. `Orphan`: it stays. */
  readonly creationPolicy?: 'Owner' | 'Orphan' | 'Merge' | 'None' | 'CreateOrMerge';
  readonly deletionPolicy?: 'Delete' | 'Merge' | 'Retain';
  readonly immutable?: boolean;
  readonly template?: {
    readonly engineVersion?: 'v2';
    readonly type?: string;
    /** Whether keys of the template replace all others. Default: `Replace`. */
    readonly mergePolicy?: 'Replace' | 'Merge';
    readonly metadata?: {
      readonly labels?: Readonly<Record<string, string>>;
      readonly annotations?: Readonly<Record<string, string>>;
    };
    /** Go templates over the keys. */
    readonly data?: Readonly<Record<string, string>>;
  };
}

export interface ExternalSecretSpec {
  readonly refreshPolicy?: 'CreatedOnce' | 'Periodic' | 'OnChange';
  /** Go duration. */
  readonly refreshInterval?: string;
  readonly secretStoreRef?: { readonly kind: 'ClusterSecretStore' | 'SecretStore'; readonly name: string };
  readonly target?: ExternalSecretTarget;
  readonly data?: readonly { readonly secretKey: string; readonly remoteRef: RemoteReference }[];
  readonly dataFrom?: readonly {
    readonly sourceRef?: { readonly generatorRef: GeneratorReference };
    readonly extract?: RemoteReference;
    readonly rewrite?: readonly Rewrite[];
  }[];
}

export interface ServiceAccountReference {
  readonly name: string;
  readonly namespace?: string;
  readonly audiences?: readonly string[];
}

/** Exactly one of the members. */
export interface StoreProvider {
  /** Without `auth` the operator uses the identity of its own pods, and so do the next two. */
  readonly aws?: { readonly service: 'SecretsManager'; readonly region: string };
  readonly gcpsm?: { readonly projectID: string };
  readonly azurekv?: {
    readonly authType: 'WorkloadIdentity';
    readonly vaultUrl: string;
    readonly tenantId?: string;
  };
  readonly vault?: {
    readonly server: string;
    /** Mount of the key-value engine. */
    readonly path: string;
    readonly version: 'v1' | 'v2';
    /** Certificates that vouch for the server, PEM in base64. */
    readonly caBundle?: string;
    readonly auth: {
      readonly kubernetes: {
        readonly mountPath: string;
        readonly role: string;
        readonly serviceAccountRef: ServiceAccountReference;
      };
    };
  };
}

/** Secrets of another namespace of this cluster. */
export interface KubernetesProvider {
  readonly remoteNamespace: string;
  readonly server: {
    readonly caProvider: { readonly type: 'ConfigMap'; readonly name: string; readonly key: string };
  };
  readonly auth: { readonly serviceAccount: ServiceAccountReference };
}

export interface SecretStoreSpec {
  readonly provider: { readonly kubernetes: KubernetesProvider };
}

export interface ClusterSecretStoreSpec {
  readonly provider: StoreProvider;
  /** Namespaces that may read from it; all where left out. */
  readonly conditions?: readonly { readonly namespaces: readonly string[] }[];
  /** Seconds between two checks whether the store answers. */
  readonly refreshInterval?: number;
}

export interface PasswordSpec {
  readonly length: number;
  readonly digits?: number;
  readonly symbols?: number;
  readonly noUpper: boolean;
  readonly allowRepeat: boolean;
  readonly encoding?: 'raw' | 'base64' | 'base64url' | 'base32' | 'hex';
}

export interface ClusterGeneratorSpec {
  readonly kind: 'Password';
  readonly generator: { readonly passwordSpec: PasswordSpec };
}

interface Props<Spec> {
  readonly metadata: ApiObjectMetadata;
  readonly spec: Spec;
}

const API_VERSION = 'external-secrets.io/v1';

/** A Secret that is fetched from a store or generated. */
export class ExternalSecret extends ApiObject {
  constructor(scope: Construct, id: string, props: Props<ExternalSecretSpec>) {
    super(scope, id, { apiVersion: API_VERSION, kind: 'ExternalSecret', ...props });
  }
}

/** A place where secrets are kept, for all namespaces that it names. */
export class ClusterSecretStore extends ApiObject {
  constructor(scope: Construct, id: string, props: Props<ClusterSecretStoreSpec>) {
    super(scope, id, { apiVersion: API_VERSION, kind: 'ClusterSecretStore', ...props });
  }
}

/** A place where secrets are kept, for its own namespace. */
export class SecretStore extends ApiObject {
  constructor(scope: Construct, id: string, props: Props<SecretStoreSpec>) {
    super(scope, id, { apiVersion: API_VERSION, kind: 'SecretStore', ...props });
  }
}

/** A recipe by which secrets are generated. */
export class ClusterGenerator extends ApiObject {
  constructor(scope: Construct, id: string, props: Props<ClusterGeneratorSpec>) {
    super(scope, id, {
      apiVersion: 'generators.external-secrets.io/v1alpha1',
      kind: 'ClusterGenerator',
      ...props,
    });
  }
}

/** A recipe by which tokens of a registry are made: user and password of it, for hours. */
export class RegistryTokenGenerator<Kind extends RegistryTokenKind> extends ApiObject {
  constructor(scope: Construct, id: string, kind: Kind, props: Props<RegistryTokenSpecs[Kind]>) {
    super(scope, id, { apiVersion: 'generators.external-secrets.io/v1alpha1', kind, ...props });
  }
}
