import type { Apis } from '../../../core/component';
import type { Manifest } from '../../../core/manifest';
import type { Container, PodTemplate } from '../../../core/pods';
import type { Made, Reference } from '../../../core/references';
import type { CassandraDatacenterSpec, TemplateContainer } from '../../../imports/cass-operator';
import { LABELS, PORTS } from './names';

const GROUP = 'cassandra.datastax.com';
const CONTROL = 'control.k8ssandra.io';

// The kind tells the shape: the API server refuses such an object of any other.
const specOf = ({ spec }: Manifest) => spec as unknown as CassandraDatacenterSpec;

/** Servers: what the template says, completed by the operator. */
function pods(manifest: Manifest): PodTemplate[] {
  const { podTemplateSpec: template, storageConfig, ...spec } = specOf(manifest);
  const { automountServiceAccountToken, priorityClassName, affinity, securityContext } = template.spec;
  const completed = (container: TemplateContainer): Container => {
    switch (container.name) {
      case 'cassandra':
        return {
          ...container,
          image: spec.serverImage,
          resources: spec.resources,
          ports: Object.values(PORTS).map((containerPort) => ({ containerPort })),
          readinessProbe: {},
          livenessProbe: {},
        };
      case 'server-system-logger':
        return { ...container, image: spec.systemLoggerImage, resources: spec.systemLoggerResources };
      case 'server-config-init':
        return { ...container, resources: spec.configBuilderResources };
      default: {
        const { resources, ...rest } = container;
        return { ...rest, ...(resources ? { resources } : {}) };
      }
    }
  };
  return [
    {
      path: 'spec.podTemplateSpec',
      labels: { ...template.metadata.labels, ...LABELS.server },
      replicas: spec.size,
      spec: {
        serviceAccountName: spec.serviceAccountName,
        automountServiceAccountToken,
        priorityClassName,
        affinity,
        ...(spec.tolerations ? { tolerations: [...spec.tolerations] } : {}),
        securityContext,
        containers: template.spec.containers.map(completed),
        initContainers: template.spec.initContainers.map(completed),
        volumes: [
          ...(template.spec.volumes ?? []).map((volume) => ({ ...volume })),
          ...storageConfig.additionalVolumes.map(({ name, volumeSource }) => ({ name, ...volumeSource })),
        ],
      },
    },
  ];
}

/** Secrets of accounts, and the class of the volumes. */
function references(manifest: Manifest): Reference[] {
  const { superuserSecretName, users, storageConfig } = specOf(manifest);
  const { namespace } = manifest.metadata;
  const secrets = [superuserSecretName, ...users.map(({ secretName }) => secretName)];
  return [
    ...secrets.flatMap((name) =>
      ['username', 'password'].map((key) => ({
        group: '',
        kind: 'Secret',
        namespace,
        name,
        key,
        path: 'spec.users',
      })),
    ),
    {
      group: 'storage.k8s.io',
      kind: 'StorageClass',
      namespace: undefined,
      name: storageConfig.cassandraDataVolumeClaimSpec.storageClassName,
      path: 'spec.storageConfig.cassandraDataVolumeClaimSpec.storageClassName',
    },
  ];
}

/** What holds servers together while nodes are drained. */
const makes = ({ metadata: { namespace, name } }: Manifest): Made[] => [
  { group: 'policy', kind: 'PodDisruptionBudget', namespace, name: `${name}-pdb` },
];

/** The kinds that the operator's CRDs bring. */
export const apis: readonly Apis[] = [
  { group: GROUP, kinds: { CassandraDatacenter: { scope: 'Namespaced', pods, references, makes } } },
  {
    group: CONTROL,
    kinds: { CassandraTask: { scope: 'Namespaced' }, ScheduledTask: { scope: 'Namespaced' } },
  },
];
