import type { ComponentChart } from '../../../core/chart';
import { ScheduledSparkApplication, SparkApplication } from '../../../imports/spark-operator';
import { sparkApplicationSpec } from './application';
import { chosenTeam } from './chosen-team';
import { programUri, tripsArguments } from './programs';
import type { Settings } from './settings';
import type { TeamPods } from './teams';

const NAME = 'trips';

/**
 * Trips from raw to presentation, once and then by the clock, below `examples/` of each bucket. An empty raw layer is
 * filled with a generated sample.
 */
export function writeExample(
  chart: ComponentChart,
  settings: Settings,
  pods: ReadonlyMap<string, TeamPods>,
): void {
  const { namespace } = chosenTeam(chart.site, 'example', settings.example.team);
  const templates = pods.get(namespace);
  if (!templates) return;
  const spec = sparkApplicationSpec(chart, settings, templates, {
    program: programUri('trips.py'),
    arguments: tripsArguments(chart.site, 'examples/trips', 'all'),
  });
  new SparkApplication(chart, 'example', {
    metadata: { name: NAME, namespace, annotations: { ...AFTER_OPERATOR, ...NO_HEALTH } },
    spec,
  });
  const { schedule, suspended } = settings.example;
  new ScheduledSparkApplication(chart, 'scheduled-example', {
    metadata: { name: `${NAME}-daily`, namespace, annotations: AFTER_OPERATOR },
    spec: {
      schedule,
      timeZone: 'UTC',
      suspend: suspended,
      concurrencyPolicy: 'Forbid',
      successfulRunHistoryLimit: 3,
      failedRunHistoryLimit: 3,
      template: spec,
    },
  });
}

/** The webhook has to be there to admit them. */
export const AFTER_OPERATOR = { 'argocd.argoproj.io/sync-wave': '1' };
/** A job that fails must not hold up the components that come after this one. */
export const NO_HEALTH = { 'argocd.argoproj.io/ignore-healthcheck': 'true' };
