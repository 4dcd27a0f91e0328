import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from './chart';

/** A port of a Service and the name of the container port behind it. */
export interface ServicePort {
  readonly port: number;
  /**
   * Name of the container port, or its number where the container does not name it. Default: the name of the Service's
   * port.
   */
  readonly target?: string | number;
}

/**
 * A Service inside the cluster over the pods of one role.
 * @param options namespace: the component's home by default; sticky: whether a client stays with the pod it came to
 */
export function service(
  chart: ComponentChart,
  name: string,
  role: string,
  ports: Readonly<Record<string, ServicePort>>,
  { namespace, sticky = false }: { readonly namespace?: string; readonly sticky?: boolean } = {},
): k8s.KubeService {
  return new k8s.KubeService(chart, ['service', ...(namespace ? [namespace] : []), name].join('-'), {
    metadata: { name, namespace: namespace ?? chart.home },
    spec: {
      type: 'ClusterIP',
      ...(sticky ? { sessionAffinity: 'ClientIP' } : {}),
      selector: chart.podLabels(role),
      ports: Object.entries(ports).map(([portName, { port, target }]) => ({
        name: portName,
        port,
        protocol: 'TCP',
        targetPort:
          typeof target === 'number'
            ? k8s.IntOrString.fromNumber(target)
            : k8s.IntOrString.fromString(target ?? portName),
      })),
    },
  });
}
