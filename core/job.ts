import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from './chart';
import { checksum } from './checksum';
import { parseQuantity } from './quantity';
import { podSpec, type Resources, type WorkloadProps } from './workload';

/** The pod of a job: what a workload says of its pods, and nothing of how many there are. */
export type JobPodProps = Omit<
  WorkloadProps,
  'replicas' | 'autoscaler' | 'recreate' | 'namespace' | 'annotations'
>;

/** The pod of a job, which holds to every rule; in it, a program that fails is started anew. */
export function jobPod(chart: ComponentChart, props: JobPodProps): k8s.PodTemplateSpec {
  const labels = chart.podLabels(props.role);
  return {
    metadata: {
      labels: { ...labels, 'app.kubernetes.io/part-of': 'lakeport', ...props.identity?.podLabels },
    },
    spec: { ...podSpec(chart, props, labels), restartPolicy: 'OnFailure' },
  };
}

/**
 * A Job that runs once for every content. A Job cannot be changed: another content is another Job, and Argo CD takes
 * the old one away.
 * @param files what the pod reads, beside what it says of itself
 */
export function onceJob(
  chart: ComponentChart,
  name: string,
  files: Readonly<Record<string, string>>,
  pod: k8s.PodTemplateSpec,
): void {
  const hash = checksum(JSON.stringify([files, pod])).slice(0, 8);
  new k8s.KubeJob(chart, `job-${name}`, {
    metadata: { name: `${name}-${hash}`, namespace: chart.home },
    spec: { backoffLimit: 20, template: pod },
  });
}

/** Declares the compute of a job, of which there is a pod now and then. */
export const demandJob = (
  chart: ComponentChart,
  { name, role, resources }: { readonly name: string; readonly role: string; readonly resources: Resources },
): void =>
  chart.demand({
    name,
    placement: chart.placement(role),
    namespace: chart.home,
    cpu: parseQuantity(resources.cpu),
    memory: parseQuantity(resources.memory),
    pods: { min: 0, typical: 0, max: 1 },
  });
