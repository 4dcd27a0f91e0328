import { titleOf } from '../../../core/manifest';
import { ApiError, type Resource } from '../api';
import { altered } from '../apply';
import { leftOut } from '../argocd/git-hosts';
import { Kinds } from '../kinds';
import type { Scene } from '../proof';
import type { Seen } from './judge';

/** What the cluster has of dist at a time. */
export interface Witness {
  /** Objects that are there. */
  readonly objects: readonly Seen[];
  /** What is missing, or is not as dist says. */
  readonly problems: readonly string[];
}

/** Looks at every object of a site that can be synced here. */
export async function look({ site, cluster }: Scene): Promise<Witness> {
  const { api } = cluster;
  const kinds = new Kinds(api);
  const without = new Set((await leftOut({ site, cluster })).map(({ object }) => object));
  const objects: Seen[] = [];
  const problems: string[] = [];
  for (const { manifest } of site.objects.filter((object) => !without.has(object))) {
    const title = titleOf(manifest);
    try {
      const live = await api.get<Resource>(await kinds.pathOf(manifest));
      objects.push({ title, uid: live.metadata.uid ?? '' });
      problems.push(...altered(manifest, live).map((change) => `${title} is not as dist says: ${change}`));
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
      problems.push(`${title} is missing`);
    }
  }
  return { objects, problems };
}
