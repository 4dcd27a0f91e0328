import { k8s } from 'cdk8s-plus-27';
import type { Bucket } from '../../../core/bucket';
import type { ComponentChart, PodSet } from '../../../core/chart';
import type { Identity } from '../../../core/cloud';
import { role, serviceAccount } from '../../../core/rbac';
import type { Scale } from '../../../core/scale';
import type { SiteTeam } from '../../../core/site';
import { type JsonValue, toYaml } from '../../../core/yaml';
import type { PodTemplate } from '../../../imports/spark-operator';
import { ACCOUNTS } from './accounts';
import { confFile, jarEgress, sparkDefaults } from './conf';
import { PORTS } from './endpoints';
import { lineageEgress } from './lineage';
import { podMemory } from './memory';
import { PROGRAMS } from './programs';
import { DRIVER } from './rbac';
import type { Settings } from './settings';
import { useCatalog } from './tables';
import { podTemplate } from './template';

/** Templates of the pods of a job in one namespace. */
export interface TeamPods {
  readonly driver: PodTemplate;
  readonly executor: PodTemplate;
  /** What sessions whose driver is not made by the operator are started with: a file. */
  readonly conf: string;
  /** Executors of another role, with what they may do and reach. */
  executorOf(role: string): PodTemplate;
}

/** Settings and executor template for sessions whose driver is not made by the operator, and where they mount them. */
export const CLIENT = { name: 'spark-defaults', path: '/etc/spark', template: 'executor.yaml' } as const;

const LAKE: readonly Bucket[] = ['raw', 'curated', 'presentation', 'warehouse', 'scratch'];

/** What drivers write to; whoever runs one in a pod of its own grants these to it, with the account `spark`. */
export const SESSION_BUCKETS: readonly Bucket[] = [...LAKE, 'event-logs'];

/** What the jobs of a team run with: accounts and their rights, settings, programs, ways and the compute they may take. */
export function writeTeam(
  chart: ComponentChart,
  settings: Settings,
  programs: Record<string, string>,
  team: SiteTeam,
): TeamPods {
  const { namespace } = team;
  const drivers = chart.pods('driver', namespace);
  const executors = chart.pods('executor', namespace);
  const driver = account(chart, drivers, ACCOUNTS.driver, SESSION_BUCKETS);
  // Programs of jobs lie there.
  chart.grant(drivers, ACCOUNTS.driver, 'read', 'artifacts');
  chart.keep({ bucket: 'artifacts', path: 'jobs/', days: 'always', what: 'programs of jobs' });
  const executor = account(chart, executors, ACCOUNTS.executor, LAKE);
  role(chart, ACCOUNTS.driver, { name: ACCOUNTS.driver, namespace }, DRIVER, namespace);
  chart.useApiServer(drivers);
  const maven = jarEgress(chart.site, settings);
  if (maven) chart.reach(drivers, maven);
  const lineage = lineageEgress(settings);
  if (lineage) {
    chart.reach(drivers, lineage);
    // Their sessions have these settings too, and no image has the listener.
    if (chart.site.isOn('jupyterhub')) {
      const notebooks = { component: 'jupyterhub', role: 'notebook', namespace };
      for (const to of [lineage, ...(maven ? [maven] : [])]) chart.reach(notebooks, to);
    }
  }
  openWays(chart, drivers, executors);
  useCatalog(chart, drivers);
  const conf = confFile({
    ...sparkDefaults(chart.site, settings, driver),
    'spark.master': 'k8s://https://kubernetes.default.svc:443',
    'spark.submit.deployMode': 'client',
    'spark.kubernetes.namespace': namespace,
    'spark.kubernetes.executor.podTemplateFile': `${CLIENT.path}/${CLIENT.template}`,
    'spark.executor.cores': String(settings.executor.cores),
    'spark.executor.memory': podMemory(settings.executor.memory).heap,
  });
  const pods: TeamPods = {
    conf,
    driver: podTemplate(chart, 'driver', 'driver', driver),
    executor: podTemplate(chart, 'executor', 'executor', executor),
    executorOf(role) {
      const others = chart.pods(role, namespace);
      openWays(chart, drivers, others);
      return podTemplate(chart, 'executor', role, grant(chart, others, ACCOUNTS.executor, LAKE));
    },
  };
  new k8s.KubeConfigMap(chart, `programs-${namespace}`, {
    metadata: { name: PROGRAMS.name, namespace },
    data: programs,
  });
  new k8s.KubeConfigMap(chart, `client-${namespace}`, {
    metadata: { name: CLIENT.name, namespace },
    data: {
      'spark-defaults.conf': conf,
      [CLIENT.template]: podYaml(pods.executor),
    },
  });
  declare(chart, settings, team);
  return pods;
}

/** A ServiceAccount with its rights on the object store. */
function account(chart: ComponentChart, pods: PodSet, name: string, buckets: readonly Bucket[]): Identity {
  const identity = grant(chart, pods, name, buckets);
  serviceAccount(chart, { name, namespace: pods.namespace }, identity);
  return identity;
}

const grant = (chart: ComponentChart, pods: PodSet, name: string, buckets: readonly Bucket[]): Identity =>
  chart.grant(pods, name, 'read-write', ...buckets);

/** Drivers and executors of one namespace speak with each other and with no others. */
export function openWays(chart: ComponentChart, drivers: PodSet, executors: PodSet): void {
  chart.allow(executors, drivers, PORTS.driver, PORTS.blockManager);
  chart.allow(drivers, executors, PORTS.blockManager);
  // Shuffle blocks, also those that a leaving executor hands over.
  chart.allow(executors, executors, PORTS.blockManager);
}

function declare(chart: ComponentChart, settings: Settings, { name, namespace }: SiteTeam): void {
  const { jobs, executors } = settings;
  chart.demand({
    name: `drivers of ${name}`,
    placement: chart.placement('driver'),
    namespace,
    cpu: settings.driver.cores,
    memory: podMemory(settings.driver.memory).bytes,
    pods: jobs,
  });
  chart.demand({
    name: `executors of ${name}`,
    placement: chart.placement('executor'),
    namespace,
    cpu: settings.executor.cores,
    memory: podMemory(settings.executor.memory).bytes,
    pods: times(jobs, executors),
  });
}

const times = (one: Scale, other: Scale): Scale => ({
  min: one.min * other.min,
  typical: one.typical * other.typical,
  max: one.max * other.max,
});

/** Plain data all through; interfaces have no index signature, so the compiler cannot see it. */
const podYaml = ({ metadata, spec }: PodTemplate): string =>
  toYaml({ apiVersion: 'v1', kind: 'Pod', metadata, spec } as unknown as JsonValue);
