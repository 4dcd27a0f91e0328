import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import type { Identity } from '../../../core/cloud';
import { scheduling } from '../../../core/placement';
import { parseQuantity } from '../../../core/quantity';
import { fixed } from '../../../core/scale';
import { PRIORITIES, type Resources, restrictedContainer, restrictedPod } from '../../../core/workload';
import type { ContainerTemplate, PodTemplate } from '../../../imports/argo-events';
import { PORTS, USER } from './names';

/** What a source or a sensor requests. */
const REQUEST = { cpu: '50m', memory: '64Mi', memoryLimit: '256Mi' } as const satisfies Resources;

/** A container of a pod that the controller makes. */
export const container = ({ cpu, memory, memoryLimit = memory }: Resources): ContainerTemplate => ({
  resources: { requests: { cpu, memory }, limits: { memory: memoryLimit } },
  securityContext: restrictedContainer(),
});

export interface Program {
  /** Names it in tables. */
  readonly name: string;
  readonly role: string;
  readonly account: string;
  readonly replicas: number;
  /** Why so many. */
  readonly reason: string;
  readonly identity?: Identity;
}

/** The pods of a source or a sensor, which reach the bus; what they take is declared. */
export function program(chart: ComponentChart, props: Program): PodTemplate {
  const { name, role, account, replicas, reason, identity } = props;
  const labels = chart.podLabels(role);
  const pods = chart.pods(role);
  const { affinity, tolerations } = scheduling(chart.placement(role), chart.site.cloud.capacity);
  chart.allow(pods, chart.pods('bus'), PORTS.bus);
  chart.demand({
    name,
    placement: chart.placement(role),
    namespace: chart.home,
    cpu: parseQuantity(REQUEST.cpu),
    memory: parseQuantity(REQUEST.memory),
    pods: fixed(replicas, reason),
  });
  const env = identity?.env ?? [];
  return {
    metadata: { labels: { ...labels, 'app.kubernetes.io/part-of': 'lakeport', ...identity?.podLabels } },
    serviceAccountName: account,
    affinity: { ...affinity, ...(replicas > 1 ? apart(labels) : {}) },
    ...(tolerations ? { tolerations } : {}),
    priorityClassName: PRIORITIES.serving,
    securityContext: restrictedPod(USER),
    container: {
      ...container(REQUEST),
      ...(env.length > 0 ? { env } : {}),
    },
  };
}

/** Keeps replicas away from each other where there is a choice; the kinds have no topology spread. */
const apart = (matchLabels: Record<string, string>): k8s.Affinity => ({
  podAntiAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [
      {
        weight: 100,
        podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels } },
      },
    ],
  },
});

/** Lets one pod of a role go at a time. */
export function budget(chart: ComponentChart, role: string): void {
  new k8s.KubePodDisruptionBudget(chart, `${role}-budget`, {
    metadata: { name: role, namespace: chart.home },
    spec: {
      maxUnavailable: k8s.IntOrString.fromNumber(1),
      selector: { matchLabels: chart.podLabels(role) },
    },
  });
}
