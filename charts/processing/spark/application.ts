import type { ComponentChart } from '../../../core/chart';
import type { Scale } from '../../../core/scale';
import type { PodTemplate, SparkApplicationSpec } from '../../../imports/spark-operator';
import { versions } from '../../../versions';
import { ACCOUNTS } from './accounts';
import type { SparkConf } from './conf';
import { imageOf } from './image';
import { OVERHEAD_FACTOR, podMemory } from './memory';
import { SCHEDULER } from './queues';
import type { Settings } from './settings';
import type { TeamPods } from './teams';

export interface Job {
  /** URI of the program: `local:///opt/…/trips.py`, `s3a://…/job.py`. */
  readonly program: string;
  readonly arguments: readonly string[];
  /** Most executors, or those of a job that keeps them all the time. Default: as the settings say. */
  readonly executors?: number;
  /** Whether it keeps its executors all the time and is started again whenever it ends. Default: no. */
  readonly endless?: boolean;
  /** Default: as the settings say. */
  readonly driver?: Partial<Settings['driver']>;
  readonly executor?: Partial<Settings['executor']>;
  readonly conf?: SparkConf;
  /** Where driver and executors get room together or not at all. Default: as they come. */
  readonly gang?: Gang;
}

/** How a job starts as a whole. */
export interface Gang {
  readonly queue: string;
  /** For which it waits for room before it fails. */
  readonly minutes: number;
}

/** A Python job; as many executors as it has work for and may have, or a number that it keeps. */
export function sparkApplicationSpec(
  chart: ComponentChart,
  settings: Settings,
  templates: Pick<TeamPods, 'driver' | 'executor'>,
  job: Job,
): SparkApplicationSpec {
  const { executors } = settings;
  const [driver, executor] = [
    { ...settings.driver, ...job.driver },
    { ...settings.executor, ...job.executor },
  ];
  const { endless = false, executors: most = executors.max, gang } = job;
  const conf = { ...(endless ? { 'spark.dynamicAllocation.enabled': 'false' } : {}), ...job.conf };
  return {
    type: 'Python',
    mode: 'cluster',
    sparkVersion: versions.spark,
    image: imageOf(chart.site, settings),
    imagePullPolicy: 'IfNotPresent',
    mainApplicationFile: job.program,
    arguments: [...job.arguments],
    memoryOverheadFactor: String(OVERHEAD_FACTOR),
    ...(Object.keys(conf).length > 0 ? { sparkConf: conf } : {}),
    restartPolicy: endless
      ? { type: 'Always', onFailureRetryInterval: 30, onSubmissionFailureRetryInterval: 60 }
      : {
          type: 'OnFailure',
          onFailureRetries: 2,
          onFailureRetryInterval: 60,
          onSubmissionFailureRetries: 3,
          onSubmissionFailureRetryInterval: 60,
        },
    ...(endless
      ? {}
      : {
          dynamicAllocation: {
            enabled: true,
            ...(gang ? { initialExecutors: most } : {}),
            minExecutors: Math.min(executors.min, most),
            maxExecutors: most,
            shuffleTrackingEnabled: true,
          },
        }),
    ...(gang ? { batchScheduler: SCHEDULER, batchSchedulerOptions: { queue: gang.queue } } : {}),
    driver: {
      ...(gang ? { ...placementOf(templates.driver), annotations: patience(gang) } : {}),
      cores: driver.cores,
      memory: podMemory(driver.memory).heap,
      serviceAccount: ACCOUNTS.driver,
      template: templates.driver,
    },
    executor: {
      ...(gang ? placementOf(templates.executor) : {}),
      cores: executor.cores,
      memory: podMemory(executor.memory).heap,
      serviceAccount: ACCOUNTS.executor,
      template: templates.executor,
      // A job with work all the time: what dynamic allocation takes away in a lull it needs in the next minute.
      ...(endless ? { instances: most } : {}),
    },
  };
}

/** Where a pod runs, once more: the operator makes placeholders of these fields, and knows no templates. */
const placementOf = ({ spec: { affinity, tolerations } }: PodTemplate) => ({
  ...(affinity ? { affinity } : {}),
  ...(tolerations ? { tolerations } : {}),
});

/** How long a gang waits; by default it would begin with a part of itself after that. */
const patience = ({ minutes }: Gang) => ({
  'yunikorn.apache.org/schedulingPolicyParameters': `placeholderTimeoutInSeconds=${minutes * 60} gangSchedulingStyle=Hard`,
});

/** Declares the compute of a job that comes beside those that a team starts itself. */
export function declareJob(
  chart: ComponentChart,
  settings: Settings,
  name: string,
  namespace: string,
  role: string,
  job: Job,
): void {
  const { executors = settings.executors.max, endless = false } = job;
  const demand = (role: string, what: string, { cores, memory }: Settings['driver'], pods: Scale) =>
    chart.demand({
      name: `${what} of ${name}`,
      placement: chart.placement(role),
      namespace,
      cpu: cores,
      memory: podMemory(memory).bytes,
      pods,
    });
  const all = (count: number): Scale => ({ min: endless ? count : 0, typical: count, max: count });
  demand('driver', 'driver', { ...settings.driver, ...job.driver }, all(1));
  demand(role, 'executor', { ...settings.executor, ...job.executor }, all(executors));
}
