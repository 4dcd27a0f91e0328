import type { ComponentChart } from '../../../core/chart';
import { ClusterTriggerAuthentication } from '../../../imports/keda';

export interface AuthenticationProps {
  /** In the whole cluster. */
  readonly name: string;
  /** The Secret, in the namespace of KEDA, which reads none of another. */
  readonly secret: string;
  /** Its keys by what the scaler calls its parameters. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** How KEDA proves who it is to a source of events. */
export function authentication(
  chart: ComponentChart,
  { name, secret, parameters }: AuthenticationProps,
): void {
  new ClusterTriggerAuthentication(chart, `trigger-authentication-${name}`, {
    metadata: { name },
    spec: {
      secretTargetRef: Object.entries(parameters).map(([parameter, key]) => ({
        parameter,
        name: secret,
        key,
      })),
    },
  });
}
