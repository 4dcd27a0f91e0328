import type { ComponentChart, PodSet } from '../../../core/chart';
import { PORTS } from './names';

/** Who speaks to whom inside the namespace. */
export function writeWays(chart: ComponentChart): void {
  const pods = (role: keyof typeof PORTS) => chart.pods(role);
  const allow = (from: PodSet, ...to: readonly (keyof typeof PORTS)[]) => {
    for (const each of to) chart.allow(from, pods(each), PORTS[each]);
  };
  // It tells historicals what to load, and everybody who may sign in.
  allow(pods('master'), 'master', 'broker', 'historical', 'router', 'task');
  allow(pods('broker'), 'master', 'broker', 'historical', 'task');
  allow(pods('historical'), 'master');
  allow(pods('router'), 'master', 'broker', 'router');
  // They ask whether they may go on, and hand each other parts of what they load.
  allow(pods('task'), 'master', 'broker', 'task');
  allow(chart.pods('set-up'), 'router');
}
