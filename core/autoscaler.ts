import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from './chart';
import type { Scale } from './scale';

/** A workload whose replicas are changed while it runs. */
export interface ScaleTarget {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Of the autoscaler: it fails while its workload is not there, and Argo CD with it. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Writes what changes the replicas of a workload between the ends of a scale. */
export type Autoscaler = (chart: ComponentChart, target: ScaleTarget, replicas: Scale) => void;

/**
 * Scales by the CPU that running replicas use of what they request.
 * @param percent what they should use on average
 * @throws RangeError for a scale that begins at zero: nothing that does not run uses CPU
 */
export const byCpu =
  (percent = 70): Autoscaler =>
  (chart, { namespace, name, apiVersion, kind, annotations }, { min, max }) => {
    if (min === 0) throw new RangeError(`${kind} ${name} cannot be scaled by CPU from zero replicas`);
    new k8s.KubeHorizontalPodAutoscalerV2(chart, `${name}-autoscaler`, {
      metadata: { name, namespace, ...(annotations ? { annotations: { ...annotations } } : {}) },
      spec: {
        scaleTargetRef: { apiVersion, kind, name },
        minReplicas: min,
        maxReplicas: max,
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percent } },
          },
        ],
      },
    });
  };
