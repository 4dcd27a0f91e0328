import { admissionPolicy, inNamespaces } from '../../../core/admission';
import type { ComponentChart } from '../../../core/chart';
import { mebibytes, millicores, parseQuantity } from '../../../core/quantity';
import type { Site, SiteTeam } from '../../../core/site';
import { toYaml } from '../../../core/yaml';
import type { Settings } from './settings';

/** The scheduler of queues, by the name that pods give it. */
export const SCHEDULER = 'yunikorn';

type Queues = NonNullable<Settings['queues']>;

/** The queue of a namespace. Which one a pod is in follows from its namespace, so no team can choose that of another. */
export const queueOf = (namespace: string): string => `root.${namespace}`;

/** Every queue as the scheduler reads it: its quota at most, and the part of it that comes first. */
export const queuesFile = ({ teams }: Site, queues: Queues): string =>
  toYaml({
    partitions: [
      {
        name: 'default',
        // What is in no namespace of a team finds no queue, and is refused.
        placementrules: [{ name: 'tag', value: 'namespace', create: false }],
        queues: [{ name: 'root', submitacl: '*', queues: teams.map((team) => queue(team, queues)) }],
      },
    ],
  });

const queue = ({ namespace, quota }: SiteTeam, { guaranteed }: Queues) => {
  const [cores, bytes] = [parseQuantity(quota.cpu), parseQuantity(quota.memory)];
  const amounts = (share: number) => ({
    vcore: millicores(cores * share),
    memory: mebibytes(Math.floor(bytes * share)),
  });
  return {
    name: namespace,
    resources: {
      ...(guaranteed > 0 ? { guaranteed: amounts(guaranteed) } : {}),
      max: { ...amounts(1), pods: String(quota.pods) },
    },
  };
};

/** What every job and session is started with, where there are queues. */
export const queueConf = ({ queues }: Pick<Settings, 'queues'>): Readonly<Record<string, string>> =>
  queues ? { 'spark.kubernetes.scheduler.name': SCHEDULER } : {};

/** A job that said otherwise would take its share past the queue of its team. */
export function requireQueues(chart: ComponentChart): void {
  admissionPolicy(chart, {
    name: 'spark-pods-in-queues',
    constraints: {
      resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
      namespaceSelector: inNamespaces(chart.site.teams.map(({ namespace }) => namespace)),
      objectSelector: { matchExpressions: [{ key: 'spark-role', operator: 'Exists' }] },
    },
    variables: [],
    validations: [
      {
        expression: `object.spec.?schedulerName.orValue('') == ${JSON.stringify(SCHEDULER)}`,
        message: `Drivers and executors wait in the queue of their team: leave spark.kubernetes.scheduler.name at ${SCHEDULER}`,
      },
    ],
  });
}
