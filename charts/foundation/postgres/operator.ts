import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import { clusterRole, role } from '../../../core/rbac';
import { upstreamPods } from '../../../core/upstream-pods';
import type { JsonValue } from '../../../core/yaml';
import { versions } from '../../../versions';
import { OPERATORS } from './compute';
import { IMAGES, LABELS, PORTS } from './names';
import { BACKUP_AT_HOME, BACKUP_EVERYWHERE } from './rbac';

const CHARTS = 'https://cloudnative-pg.github.io/charts';

/** CloudNativePG, from its publisher: one replica leads, the other takes over. It sees this namespace and no other. */
export function writeOperator(chart: ComponentChart): void {
  const name = LABELS.operator['app.kubernetes.io/instance'];
  chart.upstream({
    kind: 'manifests',
    name: 'cloudnative-pg-crds',
    repository: 'https://github.com/cloudnative-pg/cloudnative-pg',
    path: 'config/crd/bases',
    version: `v${versions.cloudNativePg}`,
    namespace: chart.home,
  });
  const { pods, ...resources } = OPERATORS.operator;
  const { repository, tag } = imageParts(chart.site.image(IMAGES.operator));
  chart.upstream({
    kind: 'chart',
    name,
    repository: CHARTS,
    chart: 'cloudnative-pg',
    version: versions.cloudNativePgChart,
    namespace: chart.home,
    values: {
      crds: { create: false },
      replicaCount: pods.typical,
      image: { repository, tag, pullPolicy: 'IfNotPresent' },
      config: { clusterWide: false },
      webhook: { port: PORTS.webhook },
      ...upstreamPods(chart, { name, role: 'operator', resources, priority: 'system', replicas: pods }),
    },
  });
  new k8s.KubePodDisruptionBudget(chart, 'operator-budget', {
    metadata: { name, namespace: chart.home },
    spec: {
      maxUnavailable: k8s.IntOrString.fromNumber(1),
      selector: { matchLabels: { ...LABELS.operator } },
    },
  });
}

/**
 * The operator's plugin for backups by Barman: it puts the container beside each instance that archives. By its chart
 * it could read the Secrets of the whole cluster, so its roles are ours.
 */
export function writeBackupOperator(chart: ComponentChart): void {
  const name = LABELS.backup['app.kubernetes.io/instance'];
  // The operator and its plugin know each other by certificates.
  chart.recorded.needs.add('certificates');
  chart.upstream({
    kind: 'manifests',
    name: `${name}-crds`,
    repository: 'https://github.com/cloudnative-pg/plugin-barman-cloud',
    path: 'config/crd/bases',
    version: versions.barmanCloudPlugin,
    namespace: chart.home,
  });
  const { pods, ...resources } = OPERATORS.backup;
  const values: Record<string, JsonValue> = {
    crds: { create: false },
    replicaCount: pods.typical,
    image: registryParts(chart.site.image(IMAGES.backup)),
    sidecarImage: registryParts(chart.site.image(IMAGES.archiver)),
    serviceAccount: { name },
    rbac: { create: false },
    // The chart says debug; what is said last counts.
    additionalArgs: ['--log-level=info'],
    ...upstreamPods(chart, { name, role: 'backup', resources, priority: 'system', replicas: pods }),
  };
  chart.upstream({
    kind: 'chart',
    name,
    repository: CHARTS,
    chart: 'plugin-barman-cloud',
    version: versions.barmanCloudPluginChart,
    namespace: chart.home,
    values,
  });
  const account = { group: '', kind: 'ServiceAccount', namespace: chart.home, name };
  chart.external(account, 'the chart of the plugin brings it');
  clusterRole(chart, name, { name }, BACKUP_EVERYWHERE);
  role(chart, name, { name }, BACKUP_AT_HOME);
}

function imageParts(image: string): { readonly repository: string; readonly tag: string } {
  const end = image.lastIndexOf(':');
  return { repository: image.slice(0, end), tag: image.slice(end + 1) };
}

function registryParts(image: string): Record<string, string> {
  const { repository, tag } = imageParts(image);
  const [registry = '', ...path] = repository.split('/');
  return { registry, repository: path.join('/'), tag };
}
