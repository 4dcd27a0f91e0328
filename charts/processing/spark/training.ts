import type { ComponentChart } from '../../../core/chart';
import { sparkApplicationSpec } from './application';
import { chosenTeam } from './chosen-team';
import { programUri } from './programs';
import type { Settings } from './settings';
import { writeScheduledJob } from './submitted';
import type { TeamPods } from './teams';

const NAME = 'fare-model';

/**
 * The example of machine learning: a model that is trained on the curated trips of the example. Its checkpoints lie in
 * the object store, so that a driver that is started again goes on from the last one.
 */
export function writeTraining(
  chart: ComponentChart,
  settings: Settings,
  pods: ReadonlyMap<string, TeamPods>,
): void {
  const { site } = chart;
  const { namespace } = chosenTeam(site, 'training', settings.training.team);
  const templates = pods.get(namespace);
  if (!templates) return;
  const spec = sparkApplicationSpec(chart, settings, templates, {
    program: programUri('training.py'),
    arguments: [
      `--trips=${site.uri('curated', 'examples/trips')}`,
      `--model=${site.uri('presentation', 'examples/fare_model')}`,
      // Beside the model and in the same bucket: they live as long as each other.
      `--checkpoint=${site.uri('presentation', 'examples/_checkpoints/fare_model')}`,
    ],
  });
  writeScheduledJob(chart, 'training', { name: NAME, namespace }, settings.training, spec);
}
