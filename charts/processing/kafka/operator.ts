import type { ComponentChart } from '../../../core/chart';
import { upstreamPods } from '../../../core/upstream-pods';
import { restrictedContainer, restrictedPod } from '../../../core/workload';
import type { JsonValue } from '../../../core/yaml';
import { versions } from '../../../versions';
import { computeOf } from './compute';
import { OPERATOR_IMAGE } from './names';
import type { Settings } from './settings';

/** The operator from its publisher: one replica leads, the other takes over. It sees this namespace and no other. */
export function writeOperator(chart: ComponentChart, settings: Settings): void {
  const { home, site } = chart;
  const { operator } = computeOf(settings);
  if (!operator) return;
  chart.upstream({
    kind: 'manifests',
    name: 'strimzi-crds',
    repository: 'https://github.com/strimzi/strimzi-kafka-operator',
    path: 'helm-charts/helm3/strimzi-kafka-operator/crds',
    version: versions.strimzi,
    namespace: home,
  });
  const pods = upstreamPods(chart, {
    name: 'strimzi-cluster-operator',
    role: 'operator',
    resources: operator,
    priority: 'system',
    replicas: operator.pods,
  });
  const { cpu, memory } = operator;
  const values = {
    replicas: operator.pods.typical,
    ...imageSource(site.image(OPERATOR_IMAGE)),
    labels: chart.podLabels('operator'),
    ...pods,
    // The chart has a limit of CPU, which would throttle while the node idles; null takes it out.
    resources: { requests: { cpu, memory }, limits: { cpu: null, memory } },
    podSecurityContext: restrictedPod(),
    securityContext: restrictedContainer(),
    enableServiceLinks: false,
    podDisruptionBudget: { enabled: true, minAvailable: 1 },
    // Both are derived from connections here; the operator's own let every pod of the cluster in.
    generateNetworkPolicy: false,
    extraEnvs: [
      // Pods that no template of ours reaches are made as the namespace asks for, too.
      { name: 'STRIMZI_POD_SECURITY_PROVIDER_CLASS', value: 'restricted' },
      // Certificates are read as PEM; copies in another format would be more secrets for nobody.
      { name: 'STRIMZI_PKCS12_KEYSTORE_GENERATION', value: 'false' },
    ],
  };
  const certificates = { group: '', kind: 'ConfigMap', namespace: home, name: 'kube-root-ca.crt' };
  chart.external(certificates, 'the control plane puts it into every namespace');
  chart.upstream({
    kind: 'chart',
    name: 'strimzi-operator',
    repository: 'quay.io/strimzi-helm',
    chart: 'strimzi-kafka-operator',
    version: versions.strimzi,
    namespace: home,
    // Plain data all through; interfaces have no index signature, so the compiler cannot see it.
    values: values as unknown as Readonly<Record<string, JsonValue>>,
    // An Application of their own has them, so that they are upgraded too.
    skipCrds: true,
  });
}

/** Registry and path of all images, as the chart wants them: `quay.io` and `strimzi`. */
function imageSource(image: string): Record<string, string> {
  const [registry = '', ...rest] = image.split('/');
  return { defaultImageRegistry: registry, defaultImageRepository: rest.slice(0, -1).join('/') };
}
