import type { k8s } from 'cdk8s-plus-27';
import type { Apis, CustomKind } from '../../../core/component';
import type { Manifest } from '../../../core/manifest';
import type { Container, PodTemplate } from '../../../core/pods';
import type { Made, Reference } from '../../../core/references';
import { type Resources as Requests, restrictedContainer } from '../../../core/workload';
import type {
  ClusterSpec,
  DatabaseRoleSpec,
  ObjectStoreSpec,
  PoolerSpec,
  Resources,
} from '../../../imports/cloudnative-pg';
import { ARCHIVER } from './compute';
import { IMAGES, LABELS, PORTS } from './names';

const GROUP = 'postgresql.cnpg.io';
const BACKUP_GROUP = 'barmancloud.cnpg.io';
const namespaced: CustomKind = { scope: 'Namespaced' };

// The kind tells the shape: the API server refuses such an object of any other.
const specOf = <Spec>({ spec }: Manifest): Spec => spec as unknown as Spec;

/** Containers are hardened by the operators, whatever is asked. */
const container = (
  name: string,
  image: string,
  resources: Resources | undefined,
  ports: readonly number[] = [],
): Container => ({
  name,
  image,
  ...(resources ? { resources } : {}),
  ports: ports.map((containerPort) => ({ containerPort })),
  readinessProbe: {},
  livenessProbe: {},
  securityContext: restrictedContainer(),
});

/** The pod around them, by the number of the user that the image has. */
const securityContext = (user: number, group: number): k8s.PodSecurityContext => ({
  runAsNonRoot: true,
  runAsUser: user,
  runAsGroup: group,
  fsGroup: group,
  seccompProfile: { type: 'RuntimeDefault' },
});

const asText = ({ cpu, memory, memoryLimit = memory }: Requests): Resources => ({
  requests: { cpu, memory },
  limits: { memory: memoryLimit },
});

/** Instances: each has what archives for it beside it. The job that makes one has its labels and requests. */
function instances(manifest: Manifest): PodTemplate[] {
  const { affinity, imageName, inheritedMetadata, resources, ...spec } = specOf<ClusterSpec>(manifest);
  const { name } = manifest.metadata;
  return [
    {
      path: 'spec',
      labels: {
        ...LABELS.instance,
        'cnpg.io/cluster': name,
        'cnpg.io/instanceRole': 'primary',
        ...inheritedMetadata?.labels,
      },
      replicas: spec.instances,
      spec: {
        serviceAccountName: name,
        automountServiceAccountToken: true,
        ...(affinity.nodeAffinity ? { affinity: { nodeAffinity: affinity.nodeAffinity } } : {}),
        ...(affinity.tolerations ? { tolerations: [...affinity.tolerations] } : {}),
        ...(spec.priorityClassName ? { priorityClassName: spec.priorityClassName } : {}),
        securityContext: securityContext(26, 26),
        containers: [
          container('postgres', imageName, resources, [PORTS.clients, PORTS.status, PORTS.metrics]),
          container('plugin-barman-cloud', IMAGES.archiver, asText(ARCHIVER)),
        ],
        initContainers: [container('bootstrap-controller', IMAGES.operator, resources)],
      },
    },
  ];
}

function poolers(manifest: Manifest): PodTemplate[] {
  const { template, pgbouncer, ...spec } = specOf<PoolerSpec>(manifest);
  const { name } = manifest.metadata;
  const { containers, affinity, tolerations, priorityClassName } = template.spec;
  const resources = containers[0]?.resources;
  return [
    {
      path: 'spec.template',
      labels: { ...template.metadata.labels, ...LABELS.pooler, 'cnpg.io/poolerName': name },
      replicas: spec.instances,
      spec: {
        serviceAccountName: name,
        automountServiceAccountToken: true,
        ...(affinity ? { affinity } : {}),
        ...(tolerations ? { tolerations } : {}),
        ...(priorityClassName ? { priorityClassName } : {}),
        securityContext: securityContext(998, 996),
        containers: [container('pgbouncer', pgbouncer.image, resources, [PORTS.clients])],
        initContainers: [container('bootstrap-controller', IMAGES.operator, resources)],
      },
    },
  ];
}

/** Instances and poolers have an account of the name of what they are made of. */
const account = ({ metadata: { namespace, name } }: Manifest): Made[] => [
  { group: '', kind: 'ServiceAccount', namespace, name },
];

const secret = (namespace: string | undefined, name: string, key: string, path: string): Reference => ({
  group: '',
  kind: 'Secret',
  namespace,
  name,
  key,
  path,
});

function ofCluster(manifest: Manifest): Reference[] {
  const { namespace } = manifest.metadata;
  const { certificates, storage, plugins, externalClusters = [] } = specOf<ClusterSpec>(manifest);
  const { serverTLSSecret, serverCASecret } = certificates;
  const used = [...plugins, ...externalClusters.map(({ plugin }) => plugin)];
  return [
    secret(namespace, serverTLSSecret, 'tls.crt', 'spec.certificates.serverTLSSecret'),
    secret(namespace, serverTLSSecret, 'tls.key', 'spec.certificates.serverTLSSecret'),
    secret(namespace, serverCASecret, 'ca.crt', 'spec.certificates.serverCASecret'),
    {
      group: 'storage.k8s.io',
      kind: 'StorageClass',
      namespace: undefined,
      name: storage.storageClass,
      path: 'spec.storage.storageClass',
    },
    ...used.flatMap(({ parameters: { barmanObjectName: name } }) =>
      name ? [{ group: BACKUP_GROUP, kind: 'ObjectStore', namespace, name, path: 'spec.plugins' }] : [],
    ),
  ];
}

/** What belongs to a cluster names it. */
function cluster(manifest: Manifest): Reference[] {
  const { name } = specOf<{ readonly cluster: { readonly name: string } }>(manifest).cluster;
  const { namespace } = manifest.metadata;
  return [{ group: GROUP, kind: 'Cluster', namespace, name, path: 'spec.cluster' }];
}

function ofRole(manifest: Manifest): Reference[] {
  const { name } = specOf<DatabaseRoleSpec>(manifest).passwordSecret;
  const keys = ['username', 'password'].map((key) =>
    secret(manifest.metadata.namespace, name, key, 'spec.passwordSecret'),
  );
  return [...cluster(manifest), ...keys];
}

function ofStore(manifest: Manifest): Reference[] {
  const { s3Credentials: keys } = specOf<ObjectStoreSpec>(manifest).configuration;
  if (!keys || !('accessKeyId' in keys)) return [];
  return [keys.accessKeyId, keys.secretAccessKey].map(({ name, key }) =>
    secret(manifest.metadata.namespace, name, key, 'spec.configuration.s3Credentials'),
  );
}

const belonging: CustomKind = { ...namespaced, references: cluster };

/** The kinds that the CRDs of the two operators bring. */
export const apis: readonly Apis[] = [
  {
    group: GROUP,
    kinds: {
      Cluster: { ...namespaced, pods: instances, references: ofCluster, makes: account },
      Pooler: { ...belonging, pods: poolers, makes: account },
      Database: belonging,
      DatabaseRole: { ...namespaced, references: ofRole },
      ScheduledBackup: belonging,
      Backup: belonging,
      Publication: belonging,
      Subscription: belonging,
      FailoverQuorum: namespaced,
      ImageCatalog: namespaced,
      ClusterImageCatalog: { scope: 'Cluster' },
    },
  },
  { group: BACKUP_GROUP, kinds: { ObjectStore: { ...namespaced, references: ofStore } } },
];
