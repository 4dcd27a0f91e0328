import { InputError } from '../core/problem';
import type { Change } from '../core/write';

/**
 * Refuses a run that would remove more than half of what a site has: Argo CD prunes what is gone from dist, so that
 * an overlay emptied by mistake would empty the cluster.
 * @param out name of the output folder, as messages have it
 * @throws InputError with every site that would shrink so
 */
export function refuseShrinking(
  changes: ReadonlyMap<string, Change>,
  overlays: ReadonlySet<string>,
  out: string,
): void {
  const problems = [...changes].flatMap(([site, { changed, removed, unchanged }]) => {
    const before = changed.length + removed.length + unchanged;
    if (removed.length * 2 <= before) return [];
    return [
      {
        site,
        field: `${out}/${site}`,
        found: `${removed.length} of ${before} files`,
        message: overlays.has(site)
          ? 'would lose more than half of its files, and Argo CD removes from the cluster what is gone from here'
          : `would be removed, since overlays/${site}.ts is gone, and Argo CD would remove all of it from the cluster`,
        remedy: overlays.has(site)
          ? 'look at what the overlay turns off; if all of it shall go, run synth with --allow-shrink'
          : 'put the overlay back; if all of it shall go, run synth with --allow-shrink',
      },
    ];
  });
  if (problems.length > 0) throw new InputError(problems);
}
