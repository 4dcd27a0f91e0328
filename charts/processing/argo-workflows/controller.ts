import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import { clusterRole, role, serviceAccount } from '../../../core/rbac';
import { fixed } from '../../../core/scale';
import { service } from '../../../core/service';
import { deployment } from '../../../core/workload';
import type { Archive } from './archive';
import { CONFIGURATION } from './configuration';
import { controllerMetrics } from './endpoints';
import { clientLimits } from './limits';
import { CONTROLLER_WHERE_SERVED, controllerAtHome, controllerEverywhere } from './rbac';
import { NODE_LOSS } from './retry';
import type { Settings } from './settings';
import { IMAGES, CONTROLLER as NAME, CONTROLLER_ROLE as ROLE, USER } from './workload';

/** Turns workflows into pods: one replica leads, the other takes over. */
export function writeController(
  chart: ComponentChart,
  settings: Settings,
  archive: Archive | undefined,
): void {
  serviceAccount(chart, { name: NAME });
  clusterRole(chart, ROLE, { name: NAME }, controllerEverywhere(archive));
  role(chart, ROLE, { name: NAME }, controllerAtHome(CONFIGURATION, NAME, archive));
  for (const { namespace } of chart.site.teams)
    role(chart, ROLE, { name: NAME }, CONTROLLER_WHERE_SERVED, namespace);
  service(chart, controllerMetrics.service, 'controller', { metrics: { port: controllerMetrics.port } });
  const { qps, burst } = clientLimits(settings.parallelism.max * chart.site.teams.length);
  const health: k8s.HttpGetAction = { path: '/healthz', port: k8s.IntOrString.fromString('health') };
  deployment(chart, {
    name: NAME,
    role: 'controller',
    image: IMAGES.controller,
    command: ['workflow-controller'],
    args: [
      `--executor-image=${chart.site.image(IMAGES.executor)}`,
      '--executor-image-pull-policy=IfNotPresent',
      '--log-format=json',
      `--qps=${qps}`,
      `--burst=${burst}`,
    ],
    env: [
      { name: 'LEADER_ELECTION_IDENTITY', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'TRANSIENT_ERROR_PATTERN', value: NODE_LOSS },
      ...(archive?.trust?.env ?? []),
    ],
    ports: { metrics: controllerMetrics.port, health: 6060 },
    readinessProbe: { httpGet: health, periodSeconds: 10 },
    // It is unhealthy where workflows wait for five minutes; caches of a large cluster take their time to fill.
    livenessProbe: { httpGet: health, initialDelaySeconds: 90, periodSeconds: 60, timeoutSeconds: 30 },
    resources: { cpu: '250m', memory: '512Mi', memoryLimit: '1Gi' },
    serviceAccount: NAME,
    apiServer: true,
    priority: 'system',
    replicas: fixed(2, 'one leads, the other takes over'),
    ...(archive?.trust ? { mounts: archive.trust.mounts } : {}),
    user: USER,
  });
}
