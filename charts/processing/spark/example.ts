import type { ComponentChart } from '../../../core/chart';
import { sparkApplicationSpec } from './application';
import { chosenTeam } from './chosen-team';
import { programUri, tripsArguments } from './programs';
import type { Settings } from './settings';
import { writeJob, writeScheduledJob } from './submitted';
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
  writeJob(chart, 'example', { name: NAME, namespace }, spec);
  const daily = { name: `${NAME}-daily`, namespace };
  writeScheduledJob(chart, 'scheduled-example', daily, settings.example, spec);
}
