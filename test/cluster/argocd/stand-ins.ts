import type { Api } from '../api';
import { Kinds } from '../kinds';
import type { DistSite } from '../site';
import { repeat } from '../wait';
import { type Conditioned, STATUSES, type StatusRow, statusOf } from './statuses';

/**
 * Says of custom objects what their controllers say of them where nothing is wrong: these cannot run here, and Argo CD
 * waits for what they say.
 */
export class StandIns {
  private running = true;
  private readonly loop: Promise<void>;

  /** @param really kinds whose controllers run */
  constructor(
    site: Pick<DistSite, 'objects'>,
    api: Api,
    { really = [] }: { readonly really?: readonly string[] } = {},
  ) {
    const rows = rowsOf(site).filter(({ kind }) => !really.includes(kind));
    const kinds = new Kinds(api);
    this.loop = repeat(
      () => this.running,
      1_000,
      () => look(api, kinds, rows),
    );
  }

  async stop(): Promise<void> {
    this.running = false;
    await this.loop;
  }
}

/** Rows of kinds that a site has. */
export function rowsOf({ objects }: Pick<DistSite, 'objects'>): readonly StatusRow[] {
  const used = new Set(objects.map(({ manifest: { apiVersion, kind } }) => `${apiVersion} ${kind}`));
  return STATUSES.filter(({ apiVersion, kind }) => used.has(`${apiVersion} ${kind}`));
}

async function look(api: Api, kinds: Kinds, rows: readonly StatusRow[]): Promise<void> {
  const found: Conditioned[] = [];
  for (const row of rows) {
    try {
      found.push(...(await speak(api, kinds, row, found)));
    } catch {
      // Its custom kind has not come yet, or went a moment ago: others do not wait for that.
    }
  }
}

/** Says what a row says of its objects, and returns these. */
async function speak(
  api: Api,
  kinds: Kinds,
  row: StatusRow,
  others: readonly Conditioned[],
): Promise<Conditioned[]> {
  const { apiVersion, kind, whole, beside } = row;
  const objects: Conditioned[] = [];
  for (const item of await api.list<Conditioned>(await kinds.collectionOf(apiVersion, kind))) {
    // Items of a list do not say of what kind they are.
    const object = { ...item, apiVersion, kind };
    const status = statusOf(row, object, others);
    objects.push(status ? { ...object, status } : object);
    if (!status) continue;
    const { resourceVersion } = item.metadata;
    const metadata = { resourceVersion, ...(beside?.labels ? { labels: beside.labels } : {}) };
    await api.patch(`${await kinds.pathOf(object)}${whole ? '' : '/status'}`, { metadata, status });
  }
  return objects;
}
