import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import { scheduling } from '../../../core/placement';
import { parseQuantity } from '../../../core/quantity';
import { serviceAccount } from '../../../core/rbac';
import { fixed } from '../../../core/scale';
import { service } from '../../../core/service';
import { PRIORITIES, type Resources, restrictedPod } from '../../../core/workload';
import { toYaml } from '../../../core/yaml';
import { EventBus } from '../../../imports/argo-events';
import { versions } from '../../../versions';
import { busMetrics } from './endpoints';
import { AFTER_CONTROLLER, BUS, BUS_USER, PORTS } from './names';
import type { Settings } from './settings';
import { container } from './template';

/** Servers; a vote needs two of them, so one may go. */
const SERVERS = 3;

/** Requests of the containers of a server, by what the controller calls them. */
const REQUESTS = {
  main: { cpu: '100m', memory: '256Mi', memoryLimit: '512Mi' },
  reloader: { cpu: '10m', memory: '32Mi', memoryLimit: '64Mi' },
  metrics: { cpu: '10m', memory: '32Mi', memoryLimit: '64Mi' },
} as const satisfies Record<string, Resources>;

/** Parts of a volume that NATS may fill, and that events may fill of it: beside them is what sensors keep. */
const SHARE = { store: 0.9, events: 0.8 } as const;

/** Seconds within which a second event of the same ID is none: sources of topics give a message the same ID always. */
const DUPLICATES = '10m';

/** The bus: three servers of NATS with JetStream, each event on all of them, which end one by one. */
export function writeBus(chart: ComponentChart, { storage, retentionHours }: Settings['bus']): void {
  const labels = chart.podLabels('bus');
  const pods = chart.pods('bus');
  const bytes = parseQuantity(storage);
  serviceAccount(chart, { name: 'bus' });
  service(chart, busMetrics.service, 'bus', { metrics: { port: busMetrics.port } });
  new EventBus(chart, 'bus', {
    metadata: { name: BUS, namespace: chart.home, annotations: AFTER_CONTROLLER },
    spec: {
      jetstream: {
        version: versions.nats,
        replicas: SERVERS,
        metadata: { labels: { ...labels, 'app.kubernetes.io/part-of': 'lakeport' } },
        serviceAccountName: 'bus',
        ...placed(chart, labels),
        priorityClassName: PRIORITIES.serving,
        securityContext: restrictedPod(BUS_USER),
        containerTemplate: { ...container(REQUESTS.main), imagePullPolicy: 'IfNotPresent' },
        reloaderContainerTemplate: { ...container(REQUESTS.reloader), imagePullPolicy: 'IfNotPresent' },
        metricsContainerTemplate: { ...container(REQUESTS.metrics), imagePullPolicy: 'IfNotPresent' },
        persistence: {
          storageClassName: chart.site.cloud.blockStorage.name,
          accessMode: 'ReadWriteOnce',
          volumeSize: storage,
        },
        settings: `max_memory_store: 67108864\nmax_file_store: ${Math.floor(bytes * SHARE.store)}\n`,
        streamConfig: toYaml({
          replicas: SERVERS,
          maxAge: `${retentionHours}h`,
          maxBytes: Math.floor(bytes * SHARE.events),
          maxMsgs: -1,
          duplicates: DUPLICATES,
          // Events go by age, and the oldest where there is no room: by none of them a sender is kept waiting.
          retention: 0,
          discard: 0,
        }),
      },
    },
  });
  new k8s.KubePodDisruptionBudget(chart, 'bus-budget', {
    metadata: { name: 'bus', namespace: chart.home },
    spec: { maxUnavailable: k8s.IntOrString.fromNumber(1), selector: { matchLabels: labels } },
  });
  chart.allow(pods, pods, PORTS.busRoutes);
  chart.demand({
    name: 'servers of the bus',
    placement: chart.placement('bus'),
    namespace: chart.home,
    cpu: sum(({ cpu }) => cpu),
    memory: sum(({ memory }) => memory),
    pods: fixed(SERVERS, 'each event is on three, and more would not be faster'),
  });
}

/** On nodes of their own, where possible in zones of their own. */
function placed(chart: ComponentChart, matchLabels: Record<string, string>) {
  const { capacity, failureDomain } = chart.site.cloud;
  const { affinity, tolerations } = scheduling(chart.placement('bus'), capacity);
  const apart = (topologyKey: string) => ({ topologyKey, labelSelector: { matchLabels } });
  return {
    affinity: {
      ...affinity,
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [apart('kubernetes.io/hostname')],
        ...(failureDomain === 'kubernetes.io/hostname'
          ? {}
          : {
              preferredDuringSchedulingIgnoredDuringExecution: [
                { weight: 100, podAffinityTerm: apart(failureDomain) },
              ],
            }),
      },
    },
    ...(tolerations ? { tolerations } : {}),
  };
}

const sum = (of: (resources: Resources) => string): number =>
  Object.values(REQUESTS).reduce((total, resources) => total + parseQuantity(of(resources)), 0);
