import type { ComponentChart } from '../../../core/chart';
import { sparkApplicationSpec } from './application';
import { chosenTeam } from './chosen-team';
import { programUri, tripsArguments } from './programs';
import type { Settings } from './settings';
import { writeJob, writeScheduledJob } from './submitted';
import type { TeamPods } from './teams';

const NAME = 'trips';
/** Folder of each bucket in which the tables of examples lie. */
export const EXAMPLES = 'examples';

/**
 * Trips from raw to presentation: a job that runs once, and one by the clock with tables of its own, since nothing
 * keeps the two apart and a table has one writer. An empty raw layer is filled with a generated sample.
 */
export function writeExample(
  chart: ComponentChart,
  settings: Settings,
  pods: ReadonlyMap<string, TeamPods>,
): void {
  const { namespace } = chosenTeam(chart.site, 'example', settings.example.team);
  const templates = pods.get(namespace);
  if (!templates) return;
  const trips = (folder: string) =>
    sparkApplicationSpec(chart, settings, templates, {
      program: programUri('trips.py'),
      arguments: tripsArguments(chart.site, `${EXAMPLES}/${folder}`, 'all'),
    });
  writeJob(chart, 'example', { name: NAME, namespace }, trips('trips'));
  const daily = { name: `${NAME}-daily`, namespace };
  writeScheduledJob(chart, 'scheduled-example', daily, settings.example, trips('trips_daily'));
}
