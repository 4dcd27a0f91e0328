import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';

/** A condition that somebody is told of when it holds for long enough. */
export interface AlertingRule {
  readonly alert: string;
  /** In PromQL; each series that it yields is one alert. */
  readonly expr: string;
  /** How long it must hold: a duration of Prometheus. */
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Props {
  readonly metadata: ApiObjectMetadata;
  readonly spec: {
    readonly groups: readonly { readonly name: string; readonly rules: readonly AlertingRule[] }[];
  };
}

/** Rules that the Prometheus operator hands to Prometheus. */
export class PrometheusRule extends ApiObject {
  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id, { apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule', ...props });
  }
}
