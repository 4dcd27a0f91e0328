import type { Problem } from '../../../core/problem';
import { parseQuantity } from '../../../core/quantity';
import type { Site } from '../../../core/site';
import type { ApplicationSettings } from './application-settings';
import { podMemory } from './memory';
import type { Settings } from './settings';

/** Executors of a stream that says nothing else. */
export const STREAM_EXECUTORS = 2;

/** What is wrong with a job that starts as a whole; nothing with one that does not. */
export function gangProblems(
  site: Site,
  settings: Settings,
  application: ApplicationSettings,
  path: string,
): Problem[] {
  const { gang: found, spotShare } = application;
  if (!found) return [];
  const field = `${path}.gang`;
  if (!settings.queues) {
    const message = 'needs queues, which the overlay does not turn on';
    return [{ field, found, message, remedy: 'write queues: {} under components.spark, or leave it out' }];
  }
  if (spotShare > 0 && spotShare < 1) {
    // Placeholders of the operator have no topology spread.
    const message = `holds room for executors before they are there, which cannot be split by a spotShare of ${spotShare}`;
    return [{ field, found, message, remedy: 'write spotShare 1 or 0, or leave gang out' }];
  }
  return beyondQuota(site, settings, application, path);
}

/**
 * Each pod takes the place of a placeholder, and both count in the quota of the namespace until the placeholder is gone:
 * so there must be room for one pod more than the gang.
 */
function beyondQuota(
  site: Site,
  settings: Settings,
  { team: name, kind, executors, ...shapes }: ApplicationSettings,
  path: string,
): Problem[] {
  const team = site.teams.find((each) => each.name === name);
  if (!team) return [];
  const count = executors ?? (kind === 'stream' ? STREAM_EXECUTORS : settings.executors.max);
  const driver = requestOf(settings.driver, shapes.driver);
  const executor = requestOf(settings.executor, shapes.executor);
  const sum = (of: 'cpu' | 'memory') =>
    driver[of] + count * executor[of] + Math.max(driver[of], executor[of]);
  const { quota } = team;
  const needs = [
    {
      what: 'cpu',
      needed: sum('cpu'),
      allowed: parseQuantity(quota.cpu),
      shown: String(sum('cpu')),
      limit: quota.cpu,
    },
    {
      what: 'memory',
      needed: sum('memory'),
      allowed: parseQuantity(quota.memory),
      shown: `${Math.ceil(sum('memory') / 2 ** 30)}Gi`,
      limit: quota.memory,
    },
    {
      what: 'pods',
      needed: count + 2,
      allowed: quota.pods,
      shown: String(count + 2),
      limit: String(quota.pods),
    },
  ];
  return needs
    .filter(({ needed, allowed }) => needed > allowed)
    .map(({ what, shown, limit }) => ({
      field: `${path}.executors`,
      found: count,
      message: `start together, for which ${what} of ${shown} is needed while they do; the quota of team ${name} is ${limit}`,
      remedy: 'write fewer executors, or raise the quota of the team',
    }));
}

const requestOf = (
  usual: Settings['driver'],
  { cores = usual.cores, memory = usual.memory }: ApplicationSettings['driver'],
) => ({ cpu: cores, memory: podMemory(memory).bytes });
