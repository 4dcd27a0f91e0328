import type { Apis, CustomKind } from '../../../core/component';
import type { Manifest } from '../../../core/manifest';
import type { Container, PodTemplate as Pod } from '../../../core/pods';
import type { Made, Reference } from '../../../core/references';
import type {
  ContainerTemplate,
  EventBusSpec,
  EventSourceSpec,
  PodTemplate,
  SensorSpec,
} from '../../../imports/argo-events';
import { BUS_IMAGES, BUS_SECRETS, IMAGE, PORTS } from './names';

const GROUP = 'argoproj.io';

// The kind tells the shape: the API server refuses such an object of any other.
const specOf = <Spec>({ spec }: Manifest): Spec => spec as unknown as Spec;

const portsOf = (ports: Readonly<Record<string, number>>) =>
  Object.entries(ports).map(([name, containerPort]) => ({ name, containerPort }));

/** A container as the controller makes it: ours is what is in the template. */
const container = (
  name: string,
  image: string,
  { resources, securityContext }: ContainerTemplate = {},
  ports: Readonly<Record<string, number>> = {},
): Container => ({
  name,
  image,
  ...(resources ? { resources } : {}),
  ...(securityContext ? { securityContext } : {}),
  ports: portsOf(ports),
});

/** The Secret that opens the bus, which every source and sensor mounts. */
const AUTHENTICATION = {
  name: 'auth-volume',
  secret: { secretName: BUS_SECRETS.client.name, items: [{ key: BUS_SECRETS.client.keys[0] }] },
} as const;

/** What a template says of a pod in the words of Kubernetes. */
const shared = (
  template: Pick<
    PodTemplate,
    'affinity' | 'tolerations' | 'serviceAccountName' | 'priorityClassName' | 'securityContext'
  >,
): Partial<Pod['spec']> => {
  const { affinity, tolerations, serviceAccountName, priorityClassName, securityContext } = template;
  return {
    ...(affinity ? { affinity } : {}),
    ...(tolerations ? { tolerations: [...tolerations] } : {}),
    ...(serviceAccountName ? { serviceAccountName } : {}),
    ...(priorityClassName ? { priorityClassName } : {}),
    ...(securityContext ? { securityContext } : {}),
  };
};

/** The pod of a source or a sensor. */
function programPod(
  { metadata = {}, container: template, ...pod }: PodTemplate,
  token: boolean,
  replicas: number,
): Pod {
  const { env } = template ?? {};
  return {
    path: 'spec.template',
    labels: metadata.labels ?? {},
    replicas,
    spec: {
      // There is no field for it, so that of the account holds.
      automountServiceAccountToken: token,
      ...shared(pod),
      containers: [
        { ...container('main', IMAGE, template, { metrics: PORTS.metrics }), ...(env ? { env } : {}) },
      ],
      volumes: [{ name: 'tmp', emptyDir: {} }, AUTHENTICATION],
    },
  };
}

/** Only calendars are asked of the API server; everything else of a source lies in its Secrets. */
function sourcePods(manifest: Manifest): Pod[] {
  const { template, replicas, calendar, webhook } = specOf<EventSourceSpec>(manifest);
  const pod = programPod(template, calendar !== undefined, replicas);
  if (!webhook) return [pod];
  // It listens on this port, but has no name for it.
  const containers = pod.spec.containers.map((each) => ({
    ...each,
    ports: [...(each.ports ?? []), { containerPort: PORTS.webhook }],
  }));
  return [{ ...pod, spec: { ...pod.spec, containers } }];
}

const sensorPods = (manifest: Manifest): Pod[] => {
  const { template, replicas } = specOf<SensorSpec>(manifest);
  return [programPod(template, true, replicas)];
};

function busPods(manifest: Manifest): Pod[] {
  const { jetstream } = specOf<EventBusSpec>(manifest);
  const { containerTemplate, reloaderContainerTemplate, metricsContainerTemplate, ...pod } = jetstream;
  const { replicas } = pod;
  const server = container('main', BUS_IMAGES.nats, containerTemplate, {
    client: PORTS.bus,
    cluster: PORTS.busRoutes,
    monitor: PORTS.busMonitor,
  });
  return [
    {
      path: 'spec.jetstream',
      labels: pod.metadata?.labels ?? {},
      replicas,
      spec: {
        automountServiceAccountToken: false,
        ...shared(pod),
        containers: [
          // The controller gives it probes.
          { ...server, readinessProbe: {}, livenessProbe: {} },
          container('reloader', BUS_IMAGES.reloader, reloaderContainerTemplate),
          container('metrics', BUS_IMAGES.exporter, metricsContainerTemplate, { metrics: PORTS.metrics }),
        ],
        volumes: [
          { name: 'pid', emptyDir: {} },
          {
            name: 'config-volume',
            projected: {
              sources: [
                {
                  secret: {
                    name: BUS_SECRETS.server.name,
                    items: BUS_SECRETS.server.keys.map((key) => ({ key })),
                  },
                },
              ],
            },
          },
        ],
      },
    },
  ];
}

/** Passwords and certificates, for the servers and for those who speak to them. */
const busSecrets = ({ metadata: { namespace } }: Manifest): Made[] =>
  Object.values(BUS_SECRETS).map(({ name, keys }) => ({
    group: '',
    kind: 'Secret',
    namespace,
    name,
    keys: [...keys],
  }));

function busReferences(manifest: Manifest): Reference[] {
  const name = specOf<EventBusSpec>(manifest).jetstream.persistence?.storageClassName;
  const path = 'spec.jetstream.persistence.storageClassName';
  return name ? [{ group: 'storage.k8s.io', kind: 'StorageClass', namespace: undefined, name, path }] : [];
}

/** Keys of Secrets at any depth, which the controller mounts. */
function secretKeys(value: unknown, namespace: string | undefined, path: string): Reference[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([field, member]): Reference[] => {
    const here = `${path}.${field}`;
    if (!/Secret$/.test(field)) return secretKeys(member, namespace, here);
    // The field tells the shape.
    const { name, key } = member as { readonly name: string; readonly key: string };
    return [{ group: '', kind: 'Secret', namespace, name, key, path: here }];
  });
}

/** Topics as the operator of Kafka has them, where their brokers are those of the site. */
const topics = ({ kafka = {} }: EventSourceSpec): Reference[] =>
  Object.entries(kafka).map(([event, { topic: name }]) => ({
    group: 'kafka.strimzi.io',
    kind: 'KafkaTopic',
    namespace: 'kafka',
    name,
    path: `spec.kafka.${event}.topic`,
  }));

const sourceReferences = (manifest: Manifest): Reference[] => {
  const spec = specOf<EventSourceSpec>(manifest);
  return [...secretKeys(spec, manifest.metadata.namespace, 'spec'), ...topics(spec)];
};

/** A workflow that is to be made, as far as it names others. */
interface Started {
  readonly kind: string;
  readonly metadata: { readonly namespace?: string };
  readonly spec?: {
    readonly workflowTemplateRef?: { readonly name: string; readonly clusterScope?: boolean };
  };
}

/** The templates that workflows are made of, and the source of each event. */
function sensorReferences(manifest: Manifest): Reference[] {
  const { dependencies, triggers } = specOf<SensorSpec>(manifest);
  const sources = dependencies.map(
    ({ name, eventSourceName }): Reference => ({
      group: GROUP,
      kind: 'EventSource',
      namespace: manifest.metadata.namespace,
      name: eventSourceName,
      path: `spec.dependencies[${name}].eventSourceName`,
    }),
  );
  const templates = triggers.flatMap(({ template }): Reference[] => {
    const { metadata, spec } = template.k8s.source.resource as Started;
    const reference = spec?.workflowTemplateRef;
    if (!reference) return [];
    const { name, clusterScope } = reference;
    return [
      {
        group: GROUP,
        kind: clusterScope ? 'ClusterWorkflowTemplate' : 'WorkflowTemplate',
        namespace: clusterScope ? undefined : metadata.namespace,
        name,
        path: `spec.triggers[${template.name}]`,
      },
    ];
  });
  return [...sources, ...templates];
}

const kind = (more: Omit<CustomKind, 'scope'>): CustomKind => ({ scope: 'Namespaced', ...more });

/** The kinds that the CRDs bring; other products have kinds of the same group. */
export const apis: Apis = {
  group: GROUP,
  kinds: {
    EventBus: kind({ pods: busPods, makes: busSecrets, references: busReferences }),
    EventSource: kind({ pods: sourcePods, references: sourceReferences }),
    Sensor: kind({ pods: sensorPods, references: sensorReferences }),
  },
};
