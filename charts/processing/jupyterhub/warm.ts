import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import { scheduling } from '../../../core/placement';
import { parseQuantity } from '../../../core/quantity';
import { serviceAccount } from '../../../core/rbac';
import { fixed } from '../../../core/scale';
import { PRIORITIES, resourceRequirements, restrictedContainer, restrictedPod } from '../../../core/workload';
import { versions } from '../../../versions';
import { notebookImage } from './image';
import { USER } from './notebook';
import type { Profile, Settings } from './settings';

const PREPULL = 'notebook-image';
const PLACEHOLDER = 'notebook-placeholder';
/** Below every other: a server that comes takes the room at once. Lower still, and no node would be made for it. */
const PRIORITY = -10;
/** What a pod that fetches the image requests. */
export const FETCHING = { cpu: '10m', memory: '16Mi' } as const;
/** Nodes that notebooks may run on, for the sums of the site. */
const NODES = { min: 0, typical: 4, max: 20 } as const;

/** Does nothing, and holds what its pod requests. */
const pause = (
  chart: ComponentChart,
  resources: { readonly cpu: string; readonly memory: string },
): k8s.Container => ({
  name: 'pause',
  image: chart.site.image(`registry.k8s.io/pause:${versions.pause}`),
  imagePullPolicy: 'IfNotPresent',
  resources: resourceRequirements(resources),
  securityContext: restrictedContainer(),
});

/** Has each node fetch the image of notebooks as soon as it is there. */
export function writePrepull(chart: ComponentChart, settings: Settings): void {
  const { home, site } = chart;
  const labels = chart.podLabels('prepull');
  serviceAccount(chart, { name: PREPULL });
  chart.demand({
    name: PREPULL,
    placement: chart.placement('prepull'),
    namespace: home,
    cpu: parseQuantity(FETCHING.cpu),
    memory: parseQuantity(FETCHING.memory),
    pods: NODES,
  });
  new k8s.KubeDaemonSet(chart, PREPULL, {
    metadata: { name: PREPULL, namespace: home },
    spec: {
      selector: { matchLabels: labels },
      // All at once: nobody waits for one of them.
      updateStrategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxUnavailable: k8s.IntOrString.fromString('100%') },
      },
      template: {
        metadata: { labels: { ...labels, 'app.kubernetes.io/part-of': 'lakeport' } },
        spec: {
          ...scheduling(chart.placement('prepull'), site.cloud.capacity),
          serviceAccountName: PREPULL,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          priorityClassName: PRIORITIES.batch,
          securityContext: restrictedPod(USER.user),
          terminationGracePeriodSeconds: 0,
          initContainers: [
            {
              name: 'fetch',
              image: notebookImage(site, settings),
              imagePullPolicy: 'IfNotPresent',
              command: ['/bin/true'],
              resources: resourceRequirements(FETCHING),
              securityContext: restrictedContainer(),
            },
          ],
          containers: [pause(chart, FETCHING)],
        },
      },
    },
  });
}

/** Holds room for servers that nobody has asked for yet. */
export function writePlaceholders(chart: ComponentChart, count: number, { cores, memory }: Profile): void {
  const { home, site } = chart;
  const labels = chart.podLabels('placeholder');
  const resources = { cpu: `${Math.ceil(cores * 1000)}m`, memory };
  serviceAccount(chart, { name: PLACEHOLDER });
  new k8s.KubePriorityClass(chart, PLACEHOLDER, {
    metadata: { name: PLACEHOLDER },
    value: PRIORITY,
    description: 'Gives way to everything',
    globalDefault: false,
    preemptionPolicy: 'Never',
  });
  chart.demand({
    name: PLACEHOLDER,
    placement: chart.placement('placeholder'),
    namespace: home,
    cpu: cores,
    memory: parseQuantity(memory),
    pods: fixed(count, 'the overlay says for how many servers room is kept'),
  });
  new k8s.KubeDeployment(chart, `deployment-${PLACEHOLDER}`, {
    metadata: { name: PLACEHOLDER, namespace: home },
    spec: {
      replicas: count,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels: { ...labels, 'app.kubernetes.io/part-of': 'lakeport' } },
        spec: {
          ...scheduling(chart.placement('placeholder'), site.cloud.capacity),
          serviceAccountName: PLACEHOLDER,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          priorityClassName: PLACEHOLDER,
          securityContext: restrictedPod(USER.user),
          terminationGracePeriodSeconds: 0,
          containers: [pause(chart, resources)],
        },
      },
    },
  });
}
