import type { ComponentChart } from '../../../core/chart';
import { checksum } from '../../../core/checksum';
import type { Identity } from '../../../core/cloud';
import { service } from '../../../core/service';
import { statefulSet } from '../../../core/stateful';
import { deployment, type WorkloadProps } from '../../../core/workload';
import { computeOf, type ServerRole } from './compute';
import { broker, router } from './endpoints';
import { ACCOUNTS, IMAGES, PORTS, USERS } from './names';
import { environment, type Identities, mounts, probes } from './pods';
import { PATHS } from './properties';
import type { Settings } from './settings';

/** What the script of the image calls them. */
const SERVICES = {
  master: 'coordinator',
  broker: 'broker',
  historical: 'historical',
  router: 'router',
} as const satisfies Record<ServerRole, string>;

export interface ServersProps {
  readonly settings: Settings;
  readonly identities: Identities;
  readonly topics: boolean;
  /** Files of the ConfigMap, which programs read only when they start. */
  readonly files: Readonly<Record<string, string>>;
}

/** Servers, each sort with a role of its own: masters, brokers, historicals with volumes, routers. */
export function writeServers(chart: ComponentChart, props: ServersProps): void {
  const { identities } = props;
  deployment(chart, {
    ...common(chart, 'master', props, identities.master),
    replicas: scaleOf('master', props),
  });
  deployment(chart, { ...common(chart, 'broker', props), replicas: scaleOf('broker', props) });
  deployment(chart, { ...common(chart, 'router', props), replicas: scaleOf('router', props) });
  statefulSet(chart, {
    ...common(chart, 'historical', props, identities.historical),
    replicas: scaleOf('historical', props),
    dataPath: PATHS.data,
    storage: props.settings.historicals.storage,
  });
  service(chart, router.service, 'router', { https: { port: router.port } });
  service(chart, broker.service, 'broker', { https: { port: broker.port } });
}

const scaleOf = (role: ServerRole, { settings }: ServersProps) => computeOf(settings)[role].pods;

function common(
  chart: ComponentChart,
  role: ServerRole,
  { settings, topics, files }: ServersProps,
  identity?: Identity,
): Omit<WorkloadProps, 'replicas'> {
  const { cpu, memory } = computeOf(settings)[role];
  const isMaster = role === 'master';
  const has = { database: isMaster, topics: isMaster && topics };
  return {
    name: role,
    role,
    image: IMAGES.druid,
    command: ['/druid.sh', SERVICES[role]],
    env: environment({
      service: SERVICES[role],
      role,
      memory,
      store: chart.site.cloud.objectStore.client,
      ...has,
    }),
    ports: { https: PORTS[role] },
    ...probes(PORTS[role]),
    resources: { cpu, memory },
    serviceAccount: ACCOUNTS[role],
    apiServer: true,
    ...(identity ? { identity } : {}),
    priority: 'serving',
    mounts: [
      ...mounts(has),
      ...(role === 'historical' ? [] : [{ name: 'data', path: PATHS.data, source: { emptyDir: {} } }]),
    ],
    user: USERS.druid,
    // A query that runs is answered.
    gracePeriodSeconds: 60,
    annotations: { 'lakeport.io/config': checksum(JSON.stringify(files)) },
  };
}
