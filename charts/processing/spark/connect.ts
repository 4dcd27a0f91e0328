import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import { checksum } from '../../../core/checksum';
import { InputError, type Problem } from '../../../core/problem';
import { fixed, type Scale } from '../../../core/scale';
import { service } from '../../../core/service';
import type { SiteTeam } from '../../../core/site';
import { deployment } from '../../../core/workload';
import { generatedSecret } from '../../foundation/secrets';
import { ACCOUNTS } from './accounts';
import { jarEgress } from './conf';
import { CONNECT, PORTS } from './endpoints';
import { imageOf } from './image';
import { lineageEgress } from './lineage';
import { podMemory } from './memory';
import type { Settings } from './settings';
import { useCatalog } from './tables';
import { CLIENT, openWays, SESSION_BUCKETS } from './teams';
import { LOCAL_DIR, SPARK_USER, WRITABLE } from './template';

/** Of the Secret with the token that clients must show. */
const TOKEN = 'token';

/**
 * Servers that clients run their sessions on: a driver each, on a regular node, with executors of its own on spot
 * nodes. A session lives in one server and is lost with it; a client then begins another one, on the server that is
 * left.
 * @param confOf what the sessions of a namespace are started with, for the checksum
 * @throws InputError where a team is named that there is not
 */
export function writeConnect(
  chart: ComponentChart,
  settings: Settings,
  confOf: (namespace: string) => string,
): void {
  for (const team of teamsOf(chart, settings)) writeServer(chart, settings, team, confOf(team.namespace));
}

function teamsOf({ site }: ComponentChart, { connect }: Settings): readonly SiteTeam[] {
  if (connect.teams === undefined) return site.teams.slice(0, 1);
  const names = site.teams.map(({ name }) => name);
  const problems = connect.teams.flatMap((found, index): Problem[] => {
    const field = `connect.teams[${index}]`;
    if (names.includes(found)) return [];
    return [{ field, found, message: 'there is no such team', remedy: `write some of: ${names.join(', ')}` }];
  });
  if (problems.length > 0) throw new InputError(problems);
  return site.teams.filter(({ name }) => connect.teams?.includes(name));
}

function writeServer(chart: ComponentChart, settings: Settings, team: SiteTeam, conf: string): void {
  const { site } = chart;
  const { connect } = settings;
  const { namespace } = team;
  const servers = chart.pods('connect', namespace);
  // A session does what a job of the team may do.
  const identity = chart.grant(servers, ACCOUNTS.driver, 'read-write', ...SESSION_BUCKETS);
  chart.grant(servers, ACCOUNTS.driver, 'read', 'artifacts');
  openWays(chart, servers, chart.pods('executor', namespace));
  useCatalog(chart, servers);
  const maven = jarEgress(site, settings);
  if (maven) chart.reach(servers, maven);
  const lineage = lineageEgress(settings);
  if (lineage) chart.reach(servers, lineage);
  // Clients of the team: its jobs, and its notebooks where there are any.
  chart.allow(chart.pods('driver', namespace), servers, CONNECT.port);
  if (site.isOn('jupyterhub')) {
    chart.allow({ component: 'jupyterhub', role: 'notebook', namespace }, servers, CONNECT.port);
  }
  generatedSecret(chart, { name: CONNECT.name, namespace, keys: { [TOKEN]: 'password' } });
  service(chart, CONNECT.name, 'connect', { grpc: { port: CONNECT.port } }, { namespace, sticky: true });
  const memory = podMemory(connect.memory);
  const listens: k8s.Probe = {
    tcpSocket: { port: k8s.IntOrString.fromString('grpc') },
    periodSeconds: 10,
  };
  deployment(chart, {
    name: CONNECT.name,
    role: 'connect',
    namespace,
    image: imageOf(site, settings),
    command: ['/opt/spark/bin/spark-submit'],
    args: connectArguments(settings, '$(POD_IP)', '$(POD_NAME)'),
    env: [
      { name: 'SPARK_CONF_DIR', value: CLIENT.path },
      { name: 'SPARK_LOCAL_DIRS', value: LOCAL_DIR },
      field('POD_IP', 'status.podIP'),
      field('POD_NAME', 'metadata.name'),
      {
        name: 'SPARK_CONNECT_AUTHENTICATE_TOKEN',
        valueFrom: { secretKeyRef: { name: CONNECT.name, key: TOKEN } },
      },
    ],
    ports: { grpc: CONNECT.port, driver: PORTS.driver, blocks: PORTS.blockManager, ui: PORTS.ui },
    // Jars may have to be fetched first.
    startupProbe: { ...listens, failureThreshold: 60 },
    readinessProbe: listens,
    livenessProbe: listens,
    resources: { cpu: String(connect.cores), memory: memory.request },
    serviceAccount: ACCOUNTS.driver,
    apiServer: true,
    identity,
    priority: 'serving',
    replicas: fixed(
      connect.replicas,
      'sessions live in one server each: more servers help new sessions only, and fewer would end those that run',
    ),
    mounts: [
      { name: 'conf', path: CLIENT.path, source: { configMap: { name: CLIENT.name } } },
      ...WRITABLE.map(({ name, path }) => ({ name, path, source: { emptyDir: {} } })),
    ],
    annotations: { 'lakeport.io/configuration': checksum(conf) },
    gracePeriodSeconds: 60,
    user: SPARK_USER,
  });
  chart.demand({
    name: `executors of ${CONNECT.name}`,
    placement: chart.placement('executor'),
    namespace,
    cpu: settings.executor.cores,
    memory: podMemory(settings.executor.memory).bytes,
    pods: times(connect.executors, connect.replicas),
  });
}

/**
 * How a server is started.
 * @param host address at which its executors reach it
 * @param pod name of its pod, which owns its executors
 */
export const connectArguments = ({ connect }: Settings, host: string, pod: string): string[] => [
  '--class=org.apache.spark.sql.connect.service.SparkConnectServer',
  `--name=${CONNECT.name}`,
  `--driver-memory=${podMemory(connect.memory).heap}`,
  ...Object.entries({
    'spark.driver.host': host,
    'spark.driver.bindAddress': host,
    'spark.kubernetes.driver.pod.name': pod,
    'spark.kubernetes.executor.podNamePrefix': pod,
    'spark.connect.grpc.binding.port': String(CONNECT.port),
    'spark.connect.session.manager.defaultSessionTimeout': `${connect.idleMinutes}m`,
    'spark.dynamicAllocation.minExecutors': String(connect.executors.min),
    'spark.dynamicAllocation.maxExecutors': String(connect.executors.max),
    // Sessions share the executors, so that a large query does not hold up small ones.
    'spark.scheduler.mode': 'FAIR',
  }).map(([key, value]) => `--conf=${key}=${value}`),
  'spark-internal',
];

const field = (name: string, fieldPath: string): k8s.EnvVar => ({
  name,
  valueFrom: { fieldRef: { fieldPath } },
});

const times = ({ min, typical, max }: Scale, count: number): Scale => ({
  min: min * count,
  typical: typical * count,
  max: max * count,
});
