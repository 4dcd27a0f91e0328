import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import { bootstrap } from './endpoints';

/** The brokers under a name that is the same whatever the cluster is called; their certificates have it too. */
export function writeBootstrap(chart: ComponentChart): void {
  const { service: name, port } = bootstrap;
  new k8s.KubeService(chart, 'bootstrap', {
    metadata: { name, namespace: chart.home },
    spec: {
      type: 'ClusterIP',
      selector: chart.podLabels('broker'),
      // The operator names the ports of its containers itself.
      ports: [{ name: 'clients', port, protocol: 'TCP', targetPort: k8s.IntOrString.fromNumber(port) }],
    },
  });
}
