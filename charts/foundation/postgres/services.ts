import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import type { Endpoint } from '../../../core/endpoint';
import { certificate } from '../certificates';
import { pool, primary } from './endpoints';
import { SECRETS } from './names';
import { poolerName } from './pooler';
import type { Settings } from './settings';

/** Where clients connect: Services whose names stay when a cluster is restored as another one, and their certificate. */
export function writeServices(chart: ComponentChart, settings: Settings): void {
  const { cluster } = settings;
  // The operator moves the label when another instance takes over.
  service(chart, primary, { 'cnpg.io/cluster': cluster, 'cnpg.io/instanceRole': 'primary' });
  service(chart, pool, { 'cnpg.io/poolerName': poolerName(settings) });
  certificate(chart, {
    secret: SECRETS.server,
    service: primary.service,
    // Poolers answer with the same, and who works by hand uses the Services of the operator.
    hosts: [pool.service, `${cluster}-rw`, `${cluster}-r`, `${cluster}-ro`].flatMap((name) => [
      name,
      `${name}.${chart.home}.svc`,
      `${name}.${chart.home}.svc.cluster.local`,
    ]),
    // Instances read it again when it is renewed.
    labels: { 'cnpg.io/reload': 'true' },
  });
  certificate(chart, { secret: SECRETS.authority, commonName: 'lakeport databases' });
}

function service(
  chart: ComponentChart,
  { service: name, port, scheme }: Endpoint,
  selector: Record<string, string>,
): void {
  new k8s.KubeService(chart, `service-${name}`, {
    metadata: { name, namespace: chart.home },
    spec: {
      type: 'ClusterIP',
      selector,
      ports: [{ name: scheme, port, protocol: 'TCP', targetPort: k8s.IntOrString.fromNumber(port) }],
    },
  });
}
