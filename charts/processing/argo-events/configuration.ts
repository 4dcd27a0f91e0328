import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import { toYaml } from '../../../core/yaml';
import { versions } from '../../../versions';
import { BUS_IMAGES } from './names';

/** The ConfigMap of the controller, and the file that it looks for. */
export const CONFIGURATION = { name: 'argo-events-controller-config', path: '/etc/argo-events' } as const;

/** Tells the controller which images a bus is made of. */
export function writeConfiguration(chart: ComponentChart): void {
  const { site } = chart;
  const natsImage = site.image(BUS_IMAGES.nats);
  const metricsExporterImage = site.image(BUS_IMAGES.exporter);
  new k8s.KubeConfigMap(chart, 'configuration', {
    metadata: { name: CONFIGURATION.name, namespace: chart.home },
    data: {
      'controller-config.yaml': toYaml({
        eventBus: {
          // It does not start without a version of the older kind of bus, of which nobody makes one here.
          nats: { versions: [{ version: 'none', natsStreamingImage: natsImage, metricsExporterImage }] },
          jetstream: {
            // The bus says both itself.
            settings: '',
            streamConfig: '',
            versions: [
              {
                version: versions.nats,
                natsImage,
                configReloaderImage: site.image(BUS_IMAGES.reloader),
                metricsExporterImage,
                startCommand: '/nats-server',
              },
            ],
          },
        },
      }),
    },
  });
}
