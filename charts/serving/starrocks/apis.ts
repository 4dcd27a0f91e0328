import type { k8s } from 'cdk8s-plus-27';
import type { Apis } from '../../../core/component';
import type { Manifest } from '../../../core/manifest';
import type { PodTemplate } from '../../../core/pods';
import type { Made, Reference } from '../../../core/references';
import type { LoadSpec, StarRocksClusterSpec } from '../../../imports/starrocks';
import { PORTS, USER } from './names';

const GROUP = 'starrocks.com';

// The kind tells the shape: the API server refuses such an object of any other.
const specOf = ({ spec }: Manifest) => spec as unknown as StarRocksClusterSpec;

/** Pods of one StatefulSet, as the operator makes them. */
function pod(
  manifest: Manifest,
  path: string,
  name: 'fe' | 'cn',
  spec: LoadSpec,
  env: readonly k8s.EnvVar[],
  ports: readonly number[],
): PodTemplate {
  const { requests, limits, secrets = [], storageVolumes = [] } = spec;
  return {
    path,
    labels: {
      'app.starrocks.ownerreference/name': `${manifest.metadata.name}-${name}`,
      'app.kubernetes.io/component': name,
      ...spec.podLabels,
    },
    ...(spec.replicas === undefined ? {} : { replicas: spec.replicas }),
    spec: {
      serviceAccountName: spec.serviceAccount,
      automountServiceAccountToken: false,
      ...(spec.affinity ? { affinity: spec.affinity } : {}),
      ...(spec.tolerations ? { tolerations: [...spec.tolerations] } : {}),
      securityContext: { fsGroup: USER },
      containers: [
        {
          name,
          image: spec.image,
          env,
          resources: { requests, limits },
          ports: ports.map((containerPort) => ({ containerPort })),
          readinessProbe: {},
          livenessProbe: {},
          securityContext: {
            runAsNonRoot: true,
            runAsUser: USER,
            allowPrivilegeEscalation: false,
            capabilities: { drop: [...spec.capabilities.drop] },
          },
        },
      ],
      volumes: [
        { name: spec.configMapInfo.configMapName, configMap: { name: spec.configMapInfo.configMapName } },
        ...secrets.map((each) => ({ name: each.name, secret: { secretName: each.name } })),
        ...storageVolumes
          .filter(({ storageClassName }) => storageClassName === 'emptyDir')
          .map((each) => ({ name: each.name, emptyDir: {} })),
      ],
    },
  };
}

function pods(manifest: Manifest): PodTemplate[] {
  const { starRocksFeSpec: fe, starRocksCnSpec: cn } = specOf(manifest);
  const { sql, http, rpc, heartbeat, thrift, brpc, web } = PORTS;
  return [
    pod(manifest, 'spec.starRocksFeSpec', 'fe', fe, fe.feEnvVars, [http, rpc, sql]),
    pod(manifest, 'spec.starRocksCnSpec', 'cn', cn, cn.cnEnvVars, [thrift, web, heartbeat, brpc]),
  ];
}

/** Classes of volumes that are claimed. */
function references(manifest: Manifest): Reference[] {
  const { starRocksFeSpec: fe, starRocksCnSpec: cn } = specOf(manifest);
  const all = { starRocksFeSpec: fe, starRocksCnSpec: cn };
  return Object.entries(all).flatMap(([path, { storageVolumes = [] }]) =>
    storageVolumes
      .filter(({ storageClassName }) => storageClassName !== 'emptyDir')
      .map(({ name, storageClassName }) => ({
        group: 'storage.k8s.io',
        kind: 'StorageClass',
        namespace: undefined,
        name: storageClassName,
        path: `spec.${path}.storageVolumes[${name}].storageClassName`,
      })),
  );
}

/** What changes the number of compute nodes. */
const makes = ({ metadata: { namespace, name } }: Manifest): Made[] => [
  { group: 'autoscaling', kind: 'HorizontalPodAutoscaler', namespace, name: `${name}-cn-autoscaler` },
];

/** The kinds that the operator's CRDs bring. */
export const apis: readonly Apis[] = [
  {
    group: GROUP,
    kinds: {
      StarRocksCluster: { scope: 'Namespaced', pods, references, makes },
      StarRocksWarehouse: { scope: 'Namespaced' },
    },
  },
];
