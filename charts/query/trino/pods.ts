import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart, Topic } from '../../../core/chart';
import { checksum } from '../../../core/checksum';
import { addressOf } from '../../../core/endpoint';
import { mebibytes } from '../../../core/quantity';
import { fixed } from '../../../core/scale';
import { service } from '../../../core/service';
import { deployment, type Mount, type WorkloadProps } from '../../../core/workload';
import { versions } from '../../../versions';
import { pool } from '../../foundation/postgres/endpoints';
import {
  type CatalogName,
  cached,
  cacheFolder,
  cacheSize,
  catalogFiles,
  catalogsOn,
  DATABASE,
  PASSWORDS,
} from './catalogs';
import { metrics } from './endpoints';
import { ACCOUNT, CERTIFICATE, CLIENT_SECRET, COORDINATOR, NAME, PATHS, PORTS, SECRET, USER } from './names';
import type { WorkerSet } from './placement';
import { resourceGroups } from './resource-groups';
import { coordinatorFiles, LEAVING_SECONDS, ownFile, workerFiles } from './server';
import type { Settings } from './settings';
import { exchangeEnv } from './store';
import { KAFKA_SECRET, TOPICS } from './topics';

/** What is read when a node starts: another value takes effect with another pod. */
interface Configuration {
  readonly catalogs: Record<string, string>;
  readonly topics: Record<string, string>;
}

const CATALOGS = 'trino-catalogs';
export const RULES = { coordinator: 'trino-rules', worker: 'trino-worker-rules' } as const;

/** The files that all nodes read. */
export function writeCatalogs(
  chart: ComponentChart,
  settings: Settings,
  topics: readonly Topic[],
  descriptions: Record<string, string>,
): Configuration {
  const catalogs = catalogFiles(chart.site, settings, topics, addressOf(pool));
  configMap(chart, CATALOGS, catalogs);
  return { catalogs, topics: descriptions };
}

export const configMap = (chart: ComponentChart, name: string, data: Record<string, string>): void => {
  new k8s.KubeConfigMap(chart, `files-${name}`, { metadata: { name, namespace: chart.home }, data });
};

/** Plans queries, hands out tasks and answers clients. */
export function writeCoordinator(
  chart: ComponentChart,
  settings: Settings,
  configuration: Configuration,
): void {
  const files = coordinatorFiles(chart.site, settings, resourceGroups(chart.site, settings));
  configMap(chart, COORDINATOR, files);
  service(chart, NAME, 'coordinator', { https: { port: PORTS.https } });
  service(chart, metrics.service, 'coordinator', { http: { port: PORTS.http } });
  // Nodes have certificates of their addresses, so workers must find that of the pod; also while it starts.
  new k8s.KubeService(chart, 'discovery', {
    metadata: { name: COORDINATOR, namespace: chart.home },
    spec: {
      clusterIp: 'None',
      publishNotReadyAddresses: true,
      selector: chart.podLabels('coordinator'),
      ports: [
        {
          name: 'https',
          port: PORTS.https,
          protocol: 'TCP',
          targetPort: k8s.IntOrString.fromString('https'),
        },
      ],
    },
  });
  deployment(chart, {
    ...node(chart, settings, configuration, COORDINATOR, files),
    name: COORDINATOR,
    role: 'coordinator',
    priority: 'serving',
    resources: settings.coordinator,
    replicas: fixed(1, 'it keeps running queries in memory; another one would know nothing of them'),
    // Workers report to one: two at once would each have some.
    recreate: true,
    annotations: {
      ...chart.site.cloud.undisturbed,
      'lakeport.io/configuration': checksum(JSON.stringify([files, configuration])),
    },
  });
}

/** Run tasks. What a lost one has not finished is run again elsewhere. */
export function writeWorkers(
  chart: ComponentChart,
  settings: Settings,
  configuration: Configuration,
  sets: readonly WorkerSet[],
): void {
  const files = workerFiles(chart.site, settings);
  const config = 'trino-worker';
  configMap(chart, config, files);
  configMap(chart, RULES.worker, { 'rules.json': ownFile('worker-rules.json') });
  configMap(chart, 'trino-scripts', { 'drain.sh': ownFile('drain.sh') });
  const { worker, drainSeconds } = settings;
  for (const { role, replicas } of sets) {
    const props = node(chart, settings, configuration, config, files);
    deployment(chart, {
      ...props,
      name: `trino-${role}`,
      role,
      priority: 'interactive',
      resources: { cpu: worker.cpu, memory: worker.memory },
      replicas,
      mounts: [
        ...(props.mounts ?? []),
        disk('spill', PATHS.spill, worker.spill),
        { name: 'scripts', path: PATHS.scripts, source: { configMap: { name: 'trino-scripts' } } },
      ],
      preStop: ['/bin/sh', `${PATHS.scripts}/drain.sh`],
      gracePeriodSeconds: drainSeconds + 2 * LEAVING_SECONDS,
    });
  }
}

/** A folder on a disk of the node, which goes with the pod. */
const disk = (name: string, path: string, size: string): Mount => ({
  name,
  path,
  source: { emptyDir: { sizeLimit: k8s.Quantity.fromString(size) } },
});

/** What all nodes have in common. */
function node(
  chart: ComponentChart,
  settings: Settings,
  configuration: Configuration,
  config: string,
  files: Record<string, string>,
): Omit<WorkloadProps, 'name' | 'role' | 'priority' | 'resources' | 'replicas'> {
  const { site } = chart;
  const on = new Set(catalogsOn(site, settings));
  const isCoordinator = config === COORDINATOR;
  const identity = site.cloud.identity({ namespace: chart.home, serviceAccount: ACCOUNT });
  const health = {
    exec: { command: ['/usr/lib/trino/bin/health-check'] },
    periodSeconds: 10,
    timeoutSeconds: 5,
  };
  return {
    image: `trinodb/trino:${versions.trino}`,
    env: [
      secret(SECRET.name, SECRET.internal),
      // A truststore has the same password.
      ...(isCoordinator || on.has('druid') ? [secret(SECRET.name, SECRET.keystore)] : []),
      ...(isCoordinator && settings.oidc ? [secret(CLIENT_SECRET.name, CLIENT_SECRET)] : []),
      ...exchangeEnv(site, settings),
      ...passwordEnv(on),
    ],
    ports: { http: PORTS.http, https: PORTS.https },
    // Plugins and catalogs are loaded first.
    startupProbe: { ...health, failureThreshold: 60 },
    readinessProbe: health,
    livenessProbe: {
      httpGet: { path: '/v1/info', port: k8s.IntOrString.fromString('http') },
      periodSeconds: 30,
      timeoutSeconds: 10,
      failureThreshold: 6,
    },
    serviceAccount: ACCOUNT,
    apiServer: false,
    identity,
    mounts: [
      { name: 'etc', path: PATHS.etc, source: { configMap: { name: config } } },
      { name: 'catalogs', path: PATHS.catalogs, source: { configMap: { name: CATALOGS } } },
      {
        name: 'rules',
        path: PATHS.rules,
        source: { configMap: { name: isCoordinator ? RULES.coordinator : RULES.worker } },
      },
      ...trust(isCoordinator, on),
      ...sources(on),
      ...cached(site, settings).map((name) =>
        disk(`cache-${name}`, cacheFolder(name), mebibytes(cacheSize(site, settings))),
      ),
      { name: 'data', path: PATHS.data, source: { emptyDir: {} } },
      { name: 'tmp', path: '/tmp', source: { emptyDir: {} } },
    ],
    annotations: { 'lakeport.io/configuration': checksum(JSON.stringify([files, configuration])) },
    user: USER,
  };
}

const secret = (name: string, { key, variable }: { key: string; variable: string }): k8s.EnvVar => ({
  name: variable,
  valueFrom: { secretKeyRef: { name, key } },
});

function passwordEnv(on: ReadonlySet<CatalogName>): k8s.EnvVar[] {
  const asUser = (name: string, user: string, password: string) => [
    secret(name, { key: 'username', variable: user }),
    secret(name, { key: 'password', variable: password }),
  ];
  return [
    ...(on.has('postgres') ? asUser(DATABASE.secret, DATABASE.user, DATABASE.password) : []),
    ...(['druid', 'cassandra'] as const)
      .filter((name) => on.has(name))
      .flatMap((name) => asUser(PASSWORDS[name].name, PASSWORDS[name].user, PASSWORDS[name].password)),
  ];
}

/** The certificate of the coordinator; of workers, the authority alone, and only where a catalog asks for it. */
function trust(isCoordinator: boolean, on: ReadonlySet<CatalogName>): Mount[] {
  const authority = [
    ...(on.has('druid') ? ['truststore.p12'] : []),
    ...(on.has('cassandra') ? ['ca.crt'] : []),
  ];
  const keys = isCoordinator ? [...new Set(['keystore.p12', 'ca.crt', ...authority])] : authority;
  if (keys.length === 0) return [];
  const items = keys.map((key) => ({ key, path: key }));
  return [{ name: 'tls', path: PATHS.tls, source: { secret: { secretName: CERTIFICATE, items } } }];
}

/** Files that catalogs read. */
const sources = (on: ReadonlySet<CatalogName>): Mount[] => [
  ...(on.has('postgres')
    ? [
        {
          name: 'database',
          path: PATHS.database,
          source: { secret: { secretName: DATABASE.secret, items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        },
      ]
    : []),
  ...(on.has('kafka')
    ? [
        {
          name: 'kafka',
          path: PATHS.kafka,
          source: {
            secret: {
              secretName: KAFKA_SECRET,
              items: ['client.properties', 'ca.crt'].map((key) => ({ key, path: key })),
            },
          },
        },
        { name: 'topics', path: PATHS.topics, source: { configMap: { name: TOPICS } } },
      ]
    : []),
];
