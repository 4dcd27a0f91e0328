import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import type { Identity } from '../../../core/cloud';
import { role, serviceAccount } from '../../../core/rbac';
import { fixed } from '../../../core/scale';
import { service } from '../../../core/service';
import type { Site } from '../../../core/site';
import { deployment } from '../../../core/workload';
import { versions } from '../../../versions';
import { ACCOUNTS } from './accounts';
import { confFile, jarEgress, sparkDefaults } from './conf';
import { operatorMetrics } from './endpoints';
import { CONTROLLER_IN_TEAMS, lease } from './rbac';
import type { Settings } from './settings';
import { operatorSize } from './sizing';
import { SPARK_USER } from './template';

/** Controller and webhook are one program; spark-submit is beside it in the image. */
export const OPERATOR_IMAGE = `ghcr.io/kubeflow/spark-operator/controller:${versions.sparkOperator}`;

/** Arguments of both. */
export const commonArgs = (namespaces: readonly string[], leaseName: string, home: string): string[] => [
  `--namespaces=${namespaces.join(',')}`,
  '--zap-encoder=json',
  '--leader-election=true',
  `--leader-election-lock-name=${leaseName}`,
  `--leader-election-lock-namespace=${home}`,
];

/** Both tell on one port whether they are well. */
export const HEALTH_PORT = 8081;
const healthy = (path: string): k8s.Probe => ({
  httpGet: { path, port: k8s.IntOrString.fromString('health') },
  periodSeconds: 10,
});
export const PROBES = { readinessProbe: healthy('/readyz'), livenessProbe: healthy('/healthz') } as const;

const NAME = 'spark-operator-controller';
/** The folder in which spark-submit looks for what holds for every job. */
const CONF = { name: 'spark-operator-defaults', path: '/etc/spark' } as const;

/** Turns SparkApplications into drivers: one replica leads and runs spark-submit, the other takes over. */
export function writeOperator(chart: ComponentChart, settings: Settings): void {
  const { site, home } = chart;
  const namespaces = site.teams.map(({ namespace }) => namespace);
  const identity = driverIdentity(site);
  serviceAccount(chart, { name: NAME });
  role(chart, NAME, { name: NAME }, lease(NAME));
  for (const namespace of namespaces) role(chart, NAME, { name: NAME }, CONTROLLER_IN_TEAMS, namespace);
  const defaults = confFile(sparkDefaults(site, settings, identity));
  new k8s.KubeConfigMap(chart, 'operator-defaults', {
    metadata: { name: CONF.name, namespace: home },
    data: { 'spark-defaults.conf': defaults },
  });
  // Packages are resolved once more where a job is submitted.
  const maven = jarEgress(site, settings);
  if (maven) chart.reach(chart.pods('controller'), maven);
  service(chart, operatorMetrics.service, 'controller', { metrics: { port: operatorMetrics.port } });
  const size = operatorSize(settings.submissionsPerMinute);
  deployment(chart, {
    name: NAME,
    role: 'controller',
    image: OPERATOR_IMAGE,
    args: [
      'controller',
      'start',
      ...commonArgs(namespaces, NAME, home),
      `--controller-threads=${size.threads}`,
      `--kube-api-qps=${size.apiQps}`,
      `--kube-api-burst=${size.apiBurst}`,
      '--enable-ui-service=true',
      '--enable-metrics=true',
      `--metrics-bind-address=:${operatorMetrics.port}`,
      // By the labels of pods too, where it counts executors.
      '--metrics-labels=namespace,app_type',
      ...(settings.queues ? ['--enable-batch-scheduler=true'] : []),
      // By default a job that cannot be reconciled waits twice as long each time, without end.
      '--workqueue-ratelimiter-max-delay=5m',
    ],
    env: [{ name: 'SPARK_CONF_DIR', value: CONF.path }],
    ports: { metrics: operatorMetrics.port, health: HEALTH_PORT },
    ...PROBES,
    resources: { cpu: size.cpu, memory: size.memory, memoryLimit: size.memoryLimit },
    serviceAccount: NAME,
    apiServer: true,
    priority: 'system',
    replicas: fixed(2, 'one leads, the other takes over; it is sized for the jobs that it starts a minute'),
    mounts: [
      { name: 'defaults', path: CONF.path, source: { configMap: { name: CONF.name } } },
      // Templates and packages of jobs that are being submitted.
      { name: 'tmp', path: '/tmp', source: { emptyDir: {} } },
    ],
    user: SPARK_USER,
  });
}

/**
 * How drivers prove who they are.
 * @throws RangeError where that differs between namespaces: spark-submit has one configuration for all
 */
function driverIdentity({ teams, cloud }: Site): Identity {
  const [first, ...others] = teams.map(({ namespace }) =>
    cloud.identity({ namespace, serviceAccount: ACCOUNTS.driver }),
  );
  if (!first) throw new RangeError('there is no team, so there is nowhere to run a job');
  const hadoop = JSON.stringify(first.hadoop);
  if (others.some((each) => JSON.stringify(each.hadoop) !== hadoop)) {
    throw new RangeError('the cloud identifies drivers differently in each namespace');
  }
  return first;
}
