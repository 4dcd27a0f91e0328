import { component } from '../../../core/component';
import { apis } from './apis';
import { nameControlPlane } from './control-plane';
import { NAME } from './endpoints';
import { LABELS, writeOperator } from './operator';
import { POD_METRICS_LABELS, writePodMetrics } from './pod-metrics';
import { settings } from './settings';

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
  settings,
  pods: { operator: 'on-demand', metrics: 'on-demand', webhook: 'on-demand', 'pod-metrics': 'on-demand' },
  labels: { ...LABELS, 'pod-metrics': POD_METRICS_LABELS },
  apis,
  namespaces: () => [{ name: NAME, quota: { cpu: '2', memory: '4Gi', pods: 12 } }],
  build(chart, { cloud }, { podMetrics = cloud.podMetrics !== 'given' }) {
    nameControlPlane(chart);
    if (podMetrics) writePodMetrics(chart);
  },
  complete(chart, _site, recorded) {
    const scaled = new Map(
      [...recorded.values()]
        .flatMap((each) => each.scaled)
        .map((each) => [`${each.group}/${each.resource}`, each] as const),
    );
    writeOperator(
      chart,
      [...scaled.keys()].sort().flatMap((key) => scaled.get(key) ?? []),
    );
  },
});
