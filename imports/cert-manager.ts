import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';

/** A way to prove to an authority that names are ours: a record in their zone. Exactly one provider. */
export interface Dns01Solver {
  readonly route53?: { readonly region: string; readonly hostedZoneID?: string };
  readonly cloudDNS?: { readonly project: string; readonly hostedZoneName?: string };
  readonly azureDNS?: {
    readonly subscriptionID: string;
    readonly resourceGroupName: string;
    readonly hostedZoneName?: string;
    readonly environment?: 'AzurePublicCloud' | 'AzureChinaCloud' | 'AzureUSGovernmentCloud';
    readonly managedIdentity?: { readonly clientID: string };
  };
}

/** Exactly one of the members. */
export interface ClusterIssuerSpec {
  readonly selfSigned?: Readonly<Record<string, never>>;
  /** The Secret with key and certificate of the authority, in the namespace of cert-manager. */
  readonly ca?: { readonly secretName: string };
  readonly acme?: {
    /** URL of the directory. */
    readonly server: string;
    readonly email?: string;
    readonly privateKeySecretRef: { readonly name: string };
    readonly solvers: readonly {
      readonly selector?: { readonly dnsZones?: readonly string[] };
      readonly dns01: Dns01Solver;
    }[];
  };
}

interface Props {
  readonly metadata: ApiObjectMetadata;
  readonly spec: ClusterIssuerSpec;
}

/** Who signs certificates, for all namespaces. */
export class ClusterIssuer extends ApiObject {
  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id, { apiVersion: 'cert-manager.io/v1', kind: 'ClusterIssuer', ...props });
  }
}
