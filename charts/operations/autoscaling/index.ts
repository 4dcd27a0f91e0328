import { z } from 'zod';
import { component } from '../../../core/component';
import { apis } from './apis';
import { NAME } from './endpoints';
import { LABELS, writeOperator } from './operator';

export { type AuthenticationProps, authentication } from './authentication';
export { SCALER_PODS } from './endpoints';
export { byEvents, type ScaledProps, scaled } from './scaled';
export {
  type CronProps,
  cpu,
  cron,
  type KafkaLagProps,
  kafkaLag,
  type PrometheusProps,
  prometheus,
  type Trigger,
} from './triggers';

/** Scales workloads by what there is to do for them, down to nothing where nothing is. */
export const autoscaling = component({
  name: NAME,
  summary: 'Autoscaling by KEDA: by lag, metrics and the clock, beside what Kubernetes does by CPU',
  settings: z.strictObject({}),
  pods: { operator: 'on-demand', metrics: 'on-demand', webhook: 'on-demand' },
  labels: LABELS,
  apis,
  namespaces: () => [{ name: NAME, quota: { cpu: '2', memory: '4Gi', pods: 12 } }],
  build: () => undefined,
  complete(chart, _site, recorded) {
    const scaled = new Map(
      recorded
        .flatMap((each) => each.scaled)
        .map((each) => [`${each.group}/${each.resource}`, each] as const),
    );
    writeOperator(
      chart,
      [...scaled.keys()].sort().flatMap((key) => scaled.get(key) ?? []),
    );
  },
});
