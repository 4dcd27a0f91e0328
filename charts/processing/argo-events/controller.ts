import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import { role, serviceAccount } from '../../../core/rbac';
import { fixed } from '../../../core/scale';
import { service } from '../../../core/service';
import { deployment } from '../../../core/workload';
import { CONFIGURATION } from './configuration';
import { controllerMetrics } from './endpoints';
import { CONTROLLER, IMAGE, PORTS, USER } from './names';
import { CONTROLLER_AT_HOME } from './rbac';

/** Makes the pods of buses, sources and sensors, in its own namespace and in no other. */
export function writeController(chart: ComponentChart): void {
  const { name } = CONTROLLER;
  serviceAccount(chart, { name });
  role(chart, name, { name }, CONTROLLER_AT_HOME);
  service(chart, controllerMetrics.service, 'controller', { metrics: { port: controllerMetrics.port } });
  const probe = (path: string): k8s.Probe => ({
    httpGet: { path, port: k8s.IntOrString.fromString('health') },
    initialDelaySeconds: 3,
    periodSeconds: 10,
  });
  deployment(chart, {
    name,
    role: 'controller',
    image: IMAGE,
    args: ['controller', '--namespaced', `--managed-namespace=${chart.home}`],
    env: [
      { name: 'NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'ARGO_EVENTS_IMAGE', value: chart.site.image(IMAGE) },
      { name: 'IMAGE_PULL_POLICY', value: 'IfNotPresent' },
    ],
    ports: { metrics: PORTS.metrics, health: PORTS.health },
    readinessProbe: probe('/readyz'),
    livenessProbe: probe('/healthz'),
    resources: { cpu: '50m', memory: '128Mi', memoryLimit: '256Mi' },
    serviceAccount: name,
    apiServer: true,
    priority: 'system',
    replicas: fixed(2, 'one leads, the other takes over'),
    mounts: [
      {
        name: 'configuration',
        path: CONFIGURATION.path,
        source: { configMap: { name: CONFIGURATION.name } },
      },
    ],
    user: USER,
  });
}
