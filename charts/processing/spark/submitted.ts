import type { ComponentChart } from '../../../core/chart';
import {
  ScheduledSparkApplication,
  SparkApplication,
  type SparkApplicationSpec,
} from '../../../imports/spark-operator';

/** The webhook has to be there to admit them. */
export const AFTER_OPERATOR = { 'argocd.argoproj.io/sync-wave': '1' };
/** A job that fails must not hold up the components that come after this one. */
const NO_HEALTH = { 'argocd.argoproj.io/ignore-healthcheck': 'true' };

/** Name of a job and the namespace of its team. */
interface Named {
  readonly name: string;
  readonly namespace: string;
}

/** When a job runs: five fields of cron in UTC, and whether it waits until somebody lets it. */
interface Schedule {
  readonly schedule: string;
  readonly suspended: boolean;
}

/** A job that the operator submits at once. */
export function writeJob(chart: ComponentChart, id: string, job: Named, spec: SparkApplicationSpec): void {
  const { name, namespace } = job;
  new SparkApplication(chart, id, {
    metadata: { name, namespace, annotations: { ...AFTER_OPERATOR, ...NO_HEALTH } },
    spec,
  });
}

/** A job that the operator submits by the clock, one run at a time. */
export function writeScheduledJob(
  chart: ComponentChart,
  id: string,
  { name, namespace }: Named,
  { schedule, suspended }: Schedule,
  template: SparkApplicationSpec,
): void {
  new ScheduledSparkApplication(chart, id, {
    metadata: { name, namespace, annotations: AFTER_OPERATOR },
    spec: {
      schedule,
      timeZone: 'UTC',
      suspend: suspended,
      concurrencyPolicy: 'Forbid',
      successfulRunHistoryLimit: 3,
      failedRunHistoryLimit: 3,
      template,
    },
  });
}
