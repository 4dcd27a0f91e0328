import type { Scene } from '../proof';
import { until } from '../wait';
import { type Application, describe, isSettled, readApplications } from './applications';
import { chartsOf } from './git-hosts';

/** How long a whole site may take from root.yaml to all Applications synced and healthy. */
const TIMEOUT_MS = 15 * 60_000;

/** What came of waiting for all Applications. */
export interface Settled {
  readonly applications: readonly Application[];
  /** What is wrong with those that did not get there, by Application; of missing ones by `missing`. */
  readonly problems: ReadonlyMap<string, string>;
  /** What is wrong where there are too few or too many of them. */
  readonly missing?: string;
}

/** How many Applications of a site can be synced here. */
export function expectedOf({ site }: Pick<Scene, 'site'>): number {
  const without = new Set(chartsOf(site).map(({ object }) => object));
  return site.objects.filter((object) => object.manifest.kind === 'Application' && !without.has(object))
    .length;
}

/** Waits until all Applications that can be synced here are synced and healthy. */
export async function settle({ cluster, site, say }: Scene): Promise<Settled> {
  const expected = expectedOf({ site });
  let last: Application[] = [];
  let told = '';
  try {
    await until(
      'the sync of all Applications',
      async () => {
        last = await readApplications(cluster.api);
        const now = `${last.filter(isSettled).length} of ${expected} Applications are synced and healthy`;
        if (now !== told) say(`${site.name}: ${now}`);
        told = now;
        return last.length === expected && last.every(isSettled);
      },
      { timeoutMs: TIMEOUT_MS, everyMs: 1_000 },
    );
    return { applications: last, problems: new Map() };
  } catch {
    const open = last.filter((each) => !isSettled(each));
    return {
      applications: last,
      problems: new Map(open.map((each) => [each.metadata.name, describe(each)])),
      ...(last.length === expected
        ? {}
        : { missing: `there are ${last.length} of ${expected} Applications` }),
    };
  }
}
