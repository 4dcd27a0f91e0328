import type { Site } from '../../../core/site';
import type { JsonValue } from '../../../core/yaml';
import type { Settings } from './settings';

const DEFAULT = { weight: 1, running: 20, queued: 200 };

/** What each team gets of the workers. Who is of no team is refused: no selector takes his queries. */
export function resourceGroups({ teams }: Site, { shares }: Settings): string {
  const each = teams.map(({ name }) => ({ name, ...(shares[name] ?? DEFAULT) }));
  const sum = (of: (team: (typeof each)[number]) => number) => each.reduce((all, team) => all + of(team), 0);
  const weights = sum(({ weight }) => weight);
  const groups: JsonValue = {
    rootGroups: [
      {
        name: 'teams',
        softMemoryLimit: '100%',
        hardConcurrencyLimit: sum(({ running }) => running),
        maxQueued: sum(({ queued }) => queued),
        schedulingPolicy: 'weighted_fair',
        jmxExport: true,
        subGroups: each.map(({ name, weight, running, queued }) => ({
          name,
          // Twice its share while others are idle; new queries wait beyond it.
          softMemoryLimit: `${Math.min(100, Math.round((200 * weight) / weights))}%`,
          hardConcurrencyLimit: running,
          maxQueued: queued,
          schedulingWeight: weight,
          jmxExport: true,
        })),
      },
    ],
    selectors: each.map(({ name }) => ({ userGroup: name, group: `teams.${name}` })),
  };
  return `${JSON.stringify(groups, null, 2)}\n`;
}
