import fs from 'node:fs';
import path from 'node:path';
import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart, RoleCompute } from '../../../core/chart';
import { KafkaRebalance, type KafkaSpec } from '../../../imports/strimzi';
import { resources } from './compute';
import { container, podTemplate } from './template';

/** What moves of replicas by themselves go by. */
const TEMPLATE = 'automatic';
const METRICS = { name: 'cruise-control-metrics', key: 'metrics.yaml', file: 'cruise-control-metrics.yaml' };

/** Bytes a second that moving replicas may take of each broker: a tenth of what a usual volume gives. */
const THROTTLE = 12_500_000;

/** Cruise Control: replicas are moved onto brokers that come, and off brokers before they go. */
export function rebalanceSpec(
  chart: ComponentChart,
  compute: RoleCompute | undefined,
): Pick<KafkaSpec, 'cruiseControl'> {
  if (!compute) return {};
  return {
    cruiseControl: {
      resources: resources(compute),
      autoRebalance: [
        { mode: 'add-brokers', template: { name: TEMPLATE } },
        { mode: 'remove-brokers', template: { name: TEMPLATE } },
      ],
      metricsConfig: {
        type: 'jmxPrometheusExporter',
        valueFrom: { configMapKeyRef: { name: METRICS.name, key: METRICS.key } },
      },
      template: {
        pod: podTemplate(chart, 'cruise-control', 'system', { tmpDirSizeLimit: '100Mi' }),
        cruiseControlContainer: container(),
      },
    },
  };
}

/** The template and the rules for metrics that {@link rebalanceSpec} names. */
export function writeRebalance(chart: ComponentChart): void {
  new KafkaRebalance(chart, 'rebalance-template', {
    metadata: {
      name: TEMPLATE,
      namespace: chart.home,
      annotations: { 'strimzi.io/rebalance-template': 'true' },
    },
    spec: { replicationThrottle: THROTTLE },
  });
  new k8s.KubeConfigMap(chart, 'rebalance-metrics', {
    metadata: { name: METRICS.name, namespace: chart.home },
    data: { [METRICS.key]: fs.readFileSync(path.join(__dirname, METRICS.file), 'utf8') },
  });
}
