import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';

export interface ClusterTriggerAuthenticationSpec {
  /** Values for what the scaler calls its parameters, from Secrets in the namespace of KEDA. */
  readonly secretTargetRef?: readonly {
    readonly parameter: string;
    readonly name: string;
    readonly key: string;
  }[];
}

interface Props {
  readonly metadata: ApiObjectMetadata;
  readonly spec: ClusterTriggerAuthenticationSpec;
}

/** How KEDA proves who it is to a source of events, for ScaledObjects of all namespaces. */
export class ClusterTriggerAuthentication extends ApiObject {
  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id, { apiVersion: 'keda.sh/v1alpha1', kind: 'ClusterTriggerAuthentication', ...props });
  }
}
