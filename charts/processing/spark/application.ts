import type { ComponentChart } from '../../../core/chart';
import type { SparkApplicationSpec } from '../../../imports/spark-operator';
import { versions } from '../../../versions';
import { ACCOUNTS } from './accounts';
import { imageOf } from './image';
import { OVERHEAD_FACTOR, podMemory } from './memory';
import type { Settings } from './settings';
import type { TeamPods } from './teams';

export interface Job {
  /** URI of the program: `local:///opt/…/trips.py`, `s3a://…/job.py`. */
  readonly program: string;
  readonly arguments: readonly string[];
}

/** A Python job: driver on regular nodes; executors on spot nodes, as many as it has work for and may have. */
export function sparkApplicationSpec(
  chart: ComponentChart,
  settings: Settings,
  { driver, executor }: TeamPods,
  job: Job,
): SparkApplicationSpec {
  const { executors } = settings;
  return {
    type: 'Python',
    mode: 'cluster',
    sparkVersion: versions.spark,
    image: imageOf(chart.site, settings),
    imagePullPolicy: 'IfNotPresent',
    mainApplicationFile: job.program,
    arguments: [...job.arguments],
    memoryOverheadFactor: String(OVERHEAD_FACTOR),
    restartPolicy: {
      type: 'OnFailure',
      onFailureRetries: 2,
      onFailureRetryInterval: 60,
      onSubmissionFailureRetries: 3,
      onSubmissionFailureRetryInterval: 60,
    },
    dynamicAllocation: {
      enabled: true,
      minExecutors: executors.min,
      maxExecutors: executors.max,
      shuffleTrackingEnabled: true,
    },
    driver: {
      cores: settings.driver.cores,
      memory: podMemory(settings.driver.memory).heap,
      serviceAccount: ACCOUNTS.driver,
      template: driver,
    },
    executor: {
      cores: settings.executor.cores,
      memory: podMemory(settings.executor.memory).heap,
      serviceAccount: ACCOUNTS.executor,
      template: executor,
    },
  };
}
