import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';

/** Requests and limits, as text. */
export interface Resources {
  readonly requests: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
}

/** A container that the operator completes, or makes as it is. */
export interface TemplateContainer extends Omit<k8s.Container, 'resources'> {
  readonly resources?: Resources;
}

export interface CassandraDatacenterSpec {
  readonly clusterName: string;
  readonly datacenterName: string;
  readonly serverType: 'cassandra';
  readonly serverVersion: string;
  readonly serverImage: string;
  readonly systemLoggerImage: string;
  readonly readOnlyRootFilesystem: boolean;
  /** Servers of all racks together. */
  readonly size: number;
  readonly racks: readonly { readonly name: string; readonly affinity: k8s.Affinity }[];
  readonly serviceAccountName: string;
  readonly superuserSecretName: string;
  readonly users: readonly { readonly secretName: string; readonly superuser: boolean }[];
  /** `insecure`: by HTTP, without a proof of who asks. */
  readonly managementApiAuth: { readonly insecure: Readonly<Record<string, never>> };
  /** Files of Cassandra by name, and what they say. */
  readonly config: unknown;
  readonly resources: Resources;
  readonly configBuilderResources: Resources;
  readonly systemLoggerResources: Resources;
  readonly tolerations?: readonly k8s.Toleration[];
  readonly storageConfig: {
    readonly cassandraDataVolumeClaimSpec: {
      readonly storageClassName: string;
      readonly accessModes: readonly ['ReadWriteOnce'];
      readonly resources: { readonly requests: { readonly storage: string } };
    };
    readonly additionalVolumes: readonly {
      readonly name: string;
      readonly mountPath: string;
      readonly volumeSource: Omit<k8s.Volume, 'name'>;
    }[];
  };
  readonly podTemplateSpec: {
    readonly metadata: { readonly labels: Readonly<Record<string, string>>; readonly annotations?: Readonly<Record<string, string>> };
    readonly spec: {
      readonly affinity: k8s.Affinity;
      readonly priorityClassName: string;
      readonly enableServiceLinks: boolean;
      readonly automountServiceAccountToken: boolean;
      readonly securityContext: k8s.PodSecurityContext;
      readonly containers: readonly TemplateContainer[];
      readonly initContainers: readonly TemplateContainer[];
      readonly volumes?: readonly k8s.Volume[];
    };
  };
}

interface Props {
  readonly metadata: ApiObjectMetadata;
  readonly spec: CassandraDatacenterSpec;
}

/** Servers of Cassandra in racks. */
export class CassandraDatacenter extends ApiObject {
  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id, { apiVersion: 'cassandra.datastax.com/v1beta1', kind: 'CassandraDatacenter', ...props });
  }
}
