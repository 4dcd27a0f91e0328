import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import type { Identity } from '../../../core/cloud';
import { scheduling } from '../../../core/placement';
import { type LoadSpec, StarRocksCluster } from '../../../imports/starrocks';
import { computeOf, computeRole } from './compute';
import { computeConfig, frontendConfig, PATHS, VARIABLES } from './config';
import { ACCOUNTS, CLUSTER, IMAGES, LABELS, NAME, SECRETS } from './names';
import type { Settings } from './settings';

/** Objects with which metadata would go: they stay in the cluster when they vanish from dist, until somebody deletes them. */
const KEPT = { 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false' } as const;

export interface ClusterProps {
  readonly frontend: Identity;
  readonly compute: Identity;
  /** Whether compute nodes read topics, for which they check the brokers. */
  readonly topics: boolean;
}

/** Frontends, each with the metadata of all tables on a volume, and compute nodes that may go at any time. */
export function writeCluster(chart: ComponentChart, settings: Settings, props: ClusterProps): void {
  const { site } = chart;
  const { frontends, compute } = settings;
  const role = computeRole(site, settings);
  config(chart, 'frontend', 'fe.conf', frontendConfig(chart, settings, props.frontend));
  config(chart, 'compute', 'cn.conf', computeConfig(settings));
  const password = fromSecret('MYSQL_PWD', SECRETS.root, 'password');
  new StarRocksCluster(chart, 'cluster', {
    metadata: { name: CLUSTER, namespace: chart.home, annotations: { ...KEPT } },
    spec: {
      starRocksFeSpec: {
        ...load(chart, 'frontend', frontends, IMAGES.frontend, props.frontend),
        replicas: frontends.count,
        serviceAccount: ACCOUNTS.frontend,
        configMapInfo: { configMapName: 'frontend', resolveKey: 'fe.conf' },
        secrets: [{ name: SECRETS.server, mountPath: PATHS.keystore }],
        storageVolumes: [
          {
            name: 'fe-meta',
            storageClassName: site.cloud.blockStorage.name,
            storageSize: frontends.storage,
            mountPath: PATHS.metadata,
          },
        ],
        feEnvVars: [
          password,
          fromSecret(VARIABLES.keystore, SECRETS.keystore, 'password'),
          ...(site.cloud.objectStore.client.protocol === 'azure'
            ? [fromSecret(VARIABLES.storage, SECRETS.storage, 'key')]
            : []),
          ...props.frontend.env,
          CONSOLE,
        ],
      },
      starRocksCnSpec: {
        ...load(chart, role, compute, IMAGES.compute, props.compute),
        serviceAccount: ACCOUNTS.compute,
        configMapInfo: { configMapName: 'compute', resolveKey: 'cn.conf' },
        ...(props.topics ? { secrets: [{ name: SECRETS.kafka, mountPath: PATHS.kafka }] } : {}),
        storageVolumes: [
          {
            name: 'cn-cache',
            // A volume would hold the pod in one zone, for data that are in the object store anyway.
            storageClassName: 'emptyDir',
            storageSize: compute.cache,
            mountPath: PATHS.cache,
          },
        ],
        // What a spot node is given to end in; queries that run then are told to their clients.
        terminationGracePeriodSeconds: 60,
        cnEnvVars: [password, ...props.compute.env, CONSOLE],
        autoScalingPolicy: {
          version: 'v2',
          minReplicas: compute.nodes.min,
          maxReplicas: compute.nodes.max,
          hpaPolicy: {
            metrics: [
              {
                type: 'Resource',
                resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } },
              },
            ],
          },
        },
      },
    },
  });
  budget(chart, 'frontend', LABELS.frontend);
  budget(chart, 'compute', LABELS.compute);
  chart.demandByRole(computeOf(site, settings));
}

/** Logs go where those of the cluster are collected. */
const CONSOLE: k8s.EnvVar = { name: 'LOG_CONSOLE', value: '1' };

const fromSecret = (name: string, secret: string, key: string): k8s.EnvVar => ({
  name,
  valueFrom: { secretKeyRef: { name: secret, key } },
});

function config(chart: ComponentChart, name: string, file: string, text: string): void {
  new k8s.KubeConfigMap(chart, `config-${name}`, {
    metadata: { name, namespace: chart.home },
    data: { [file]: text },
  });
}

function load(
  chart: ComponentChart,
  role: keyof typeof LABELS,
  { cpu, memory }: { readonly cpu: string; readonly memory: string },
  image: string,
  identity: Identity,
): Omit<LoadSpec, 'serviceAccount' | 'configMapInfo'> {
  const labels = chart.podLabels(role);
  const { affinity, tolerations, topologySpreadConstraints } = scheduling(
    chart.placement(role),
    chart.site.cloud.capacity,
    labels,
  );
  return {
    image: chart.site.image(image),
    imagePullPolicy: 'IfNotPresent',
    requests: { cpu, memory },
    limits: { memory },
    podLabels: {
      'app.kubernetes.io/name': NAME,
      'app.kubernetes.io/part-of': 'lakeport',
      ...('lakeport.io/nodes' in LABELS[role]
        ? { 'lakeport.io/nodes': labels['lakeport.io/nodes'] ?? '' }
        : {}),
      ...identity.podLabels,
    },
    affinity,
    ...(tolerations ? { tolerations } : {}),
    ...(topologySpreadConstraints ? { topologySpreadConstraints } : {}),
    runAsNonRoot: true,
    capabilities: { drop: ['ALL'] },
  };
}

function budget(chart: ComponentChart, name: string, labels: Readonly<Record<string, string>>): void {
  new k8s.KubePodDisruptionBudget(chart, `${name}-budget`, {
    metadata: { name, namespace: chart.home },
    spec: { maxUnavailable: k8s.IntOrString.fromNumber(1), selector: { matchLabels: { ...labels } } },
  });
}
