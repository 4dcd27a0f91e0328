import type { ComponentChart } from './chart';
import { type Scheduling, scheduling } from './placement';
import { parseQuantity } from './quantity';
import type { Scale } from './scale';
import { PRIORITIES, type Priority, type Resources } from './workload';
import type { JsonValue } from './yaml';

export interface UpstreamPodsProps {
  /** What the chart calls their Deployment. */
  readonly name: string;
  /** Role among the component's pods; its labels are those that the chart gives them. */
  readonly role: string;
  readonly resources: Resources;
  readonly priority: Priority;
  readonly replicas: Scale;
  /** Whether they call the API server; default true. */
  readonly apiServer?: boolean;
}

/** What pods of a publisher's chart carry, each to be put under the key that the chart has for it. */
export interface UpstreamPods {
  readonly affinity: JsonValue;
  readonly tolerations: JsonValue;
  readonly topologySpreadConstraints: JsonValue;
  readonly priorityClassName: string;
  readonly resources: JsonValue;
}

/** Places and sizes pods that a chart of a publisher brings, as `deployment` does with ours, and declares what they take. */
export function upstreamPods(chart: ComponentChart, props: UpstreamPodsProps): UpstreamPods {
  const { name, role, resources, replicas, priority, apiServer = true } = props;
  const placement = chart.placement(role);
  const { cpu, memory, memoryLimit = memory } = resources;
  chart.demand({
    name,
    placement,
    namespace: chart.home,
    cpu: parseQuantity(cpu),
    memory: parseQuantity(memory),
    pods: replicas,
  });
  if (apiServer) chart.useApiServer(chart.pods(role));
  const { affinity, tolerations, topologySpreadConstraints } = plain(
    scheduling(placement, chart.site.cloud.capacity, chart.podLabels(role)),
  );
  return {
    affinity,
    tolerations: tolerations ?? [],
    topologySpreadConstraints: topologySpreadConstraints ?? [],
    priorityClassName: PRIORITIES[priority],
    resources: { requests: { cpu, memory }, limits: { memory: memoryLimit } },
  };
}

/** Plain data all through; interfaces have no index signature, so the compiler cannot see it. */
const plain = (value: Scheduling) =>
  value as unknown as { readonly affinity: JsonValue } & Partial<
    Record<'tolerations' | 'topologySpreadConstraints', JsonValue>
  >;
