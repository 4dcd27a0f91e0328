import type { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { ObjectStore } from './object-store';
import type { Capacity } from './placement';
import type { Upstream } from './upstream';

/** Traffic that leaves the cluster. */
export interface Egress {
  /** kebab-case; becomes part of the policy's name. */
  readonly name: string;
  readonly cidrs: readonly string[];
  /** TCP ports. */
  readonly ports: readonly number[];
}

/** A ServiceAccount whose pods need rights in the cloud. */
export interface Subject {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** What the rights are on. Default: `object-store`. */
  readonly purpose?: Purpose;
}

/** What pods need rights on in the cloud: whoever reads secrets or writes DNS is somebody else than the jobs of teams. */
export type Purpose = 'object-store' | 'secrets' | 'dns' | 'notifications';

/** How pods prove who they are to the cloud; every field goes to the object of its name. */
export interface Identity {
  readonly serviceAccountAnnotations: Readonly<Record<string, string>>;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly env: readonly k8s.EnvVar[];
  /** Hadoop settings that make its connector use this identity. */
  readonly hadoop: Readonly<Record<string, string>>;
  /** Where keys are used instead of an identity: the Secret in the subject's namespace that holds them. */
  readonly secret?: IdentitySecret | undefined;
}

export interface IdentitySecret {
  readonly name: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

/** A StorageClass that charts may name by its use. */
export interface StorageClassFact {
  readonly name: string;
  /** Rendered by us where the cloud brings none of this name; undefined where it is there already. */
  readonly definition?: Omit<k8s.KubeStorageClassProps, 'metadata'> | undefined;
}

/** Annotations by which a Service of type LoadBalancer gets its address. */
export interface LoadBalancerFact {
  /** Reached only from the network of the site. */
  readonly internal: Readonly<Record<string, string>>;
  /** Reached from everywhere. */
  readonly public: Readonly<Record<string, string>>;
}

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
  /** What names of secrets are made of where the store refuses this one; undefined where it takes it. */
  keyProblem(key: string): string | undefined;
  /** How often the cluster looks for changed values: a Go duration. */
  readonly refresh: string;
  /** What must be reached for it, beside what an identity wants. */
  readonly egress: readonly Egress[];
}

/** Where a fact that a cloud lacks would be said in an overlay, and how. */
export interface OptionHint {
  readonly field: string;
  readonly remedy: string;
}

/** A public DNS zone that pods may write records in, with their identity: so names are proven to be ours. */
export type DnsZone =
  | { readonly kind: 'route53'; readonly region: string }
  | { readonly kind: 'cloud-dns'; readonly project: string }
  | {
      readonly kind: 'azure-dns';
      readonly subscription: string;
      readonly resourceGroup: string;
      /** Name of the zone; the domain of the site by default. */
      readonly zone?: string | undefined;
      /** Client id of the identity that writes. */
      readonly client: string;
    };

/** How tokens of a registry of the cloud are made, in the cluster and with an identity of the cloud. */
export type RegistryToken =
  | { readonly kind: 'ecr'; readonly region: string }
  | { readonly kind: 'acr'; readonly tenant: string }
  | { readonly kind: 'artifact-registry'; readonly project: string };

/** Where the object store tells of new objects. The first three are queues, read with the identity of pods. */
export type Notifications =
  | {
      readonly kind: 'sqs';
      readonly region: string;
    }
  | { readonly kind: 'pub-sub'; readonly project: string }
  | { readonly kind: 'storage-queue'; readonly account: string }
  | {
      /** It posts each to a URL of the cluster, with a bearer token. */
      readonly kind: 'post';
      /** What it writes: records as S3 has them, or entries of SeaweedFS. */
      readonly format: 's3' | 'seaweedfs';
    };

/** What differs between the targets. Charts read these facts and never ask which cloud it is. */
export interface Cloud {
  readonly name: string;
  readonly capacity: Capacity;
  /** False where nothing is really spot, only preemptible: the spot floor is then reported, not enforced. */
  readonly hasSpot: boolean;
  readonly objectStore: ObjectStore;
  /** How the object store tells of new objects. */
  readonly notifications: Notifications;
  /** Node label whose values fail apart from each other, and that every node has: copies of data are spread over it. */
  readonly failureDomain: string;
  /** Block storage for one pod at a time. */
  readonly blockStorage: StorageClassFact;
  readonly loadBalancer: LoadBalancerFact;
  /** Networks of DNS servers beside those in `kube-system`, on the node or in the cloud; CIDRs. */
  readonly resolvers: readonly string[];
  /** Annotations of pods that hold what is lost when whoever saves nodes moves them: executors, steps of workflows. */
  readonly undisturbed: Readonly<Record<string, string>>;
  /** Ports on which pods reach the API server, after the Service address was translated. */
  readonly apiServer: Egress;
  /** What pods with an identity must reach to get their token, beside the object store. */
  readonly identityEgress: readonly Egress[];
  /** What pods must reach to use the object store; empty where it is in the cluster. */
  readonly objectStoreEgress: readonly Egress[];
  /**
   * Whether the cluster tells how much CPU and memory pods use (metrics.k8s.io): `given`, or `needed`;
   * `needed-unverified` where kubelets, which are asked for it, have certificates that nobody signed.
   */
  readonly podMetrics: 'given' | 'needed' | 'needed-unverified';
  identity(subject: Subject): Identity;
  /** How tokens of a registry are made; undefined where it is none of this cloud, and people hand out credentials. */
  registryToken?(host: string): RegistryToken | undefined;
  /** Where secrets are kept that must outlive the cluster or come from people; undefined where the site names none. */
  readonly secretStore?: SecretStore | undefined;
  /** The option that names a store, where there is none, and what to write there: for messages. */
  readonly secretStoreOption: OptionHint;
  /** Where names of the site are public; undefined where nobody outside can check them. */
  readonly dnsZone?: DnsZone | undefined;
  /** The same of the zone. */
  readonly dnsZoneOption: OptionHint;
  /** Writes what makes regular, spot and spot-with-local-disk nodes appear; returns what must run for that. */
  nodePools(scope: Construct): readonly Upstream[];
}
