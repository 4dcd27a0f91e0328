import { parseQuantity } from '../../../core/quantity';
import { INTERVALS, type ServingNeeds } from '../../../core/serving';
import type { Settings as CassandraSettings } from '../cassandra/settings';
import type { Settings as DruidSettings } from '../druid/settings';
import type { Settings as StarRocksSettings } from '../starrocks/settings';
import type { Database } from './decisions';

const GIB = 2 ** 30;

/** What a node is taken to do. Estimates to begin with, for queries of the middling sort; measure your own. */
export const RATES = {
  starrocks: { queriesPerNode: 10, cachedShare: 0.2, cachePerNode: 200 * GIB },
  druid: { queriesPerHistorical: 50, copies: 2, segmentsPerHistorical: 300 * GIB, bytesPerTask: 4 * 2 ** 20 },
  cassandra: { operationsPerServer: 2_000, copies: 3, freeShare: 0.5, dataPerServer: 500 * GIB },
} as const;

type DeepPartial<T> = { readonly [K in keyof T]?: T[K] extends object ? DeepPartial<T[K]> : T[K] };

interface Size<Settings> {
  readonly settings: DeepPartial<Settings>;
  readonly sizing: readonly string[];
}

/** Settings of each database for what a site needs. */
export const sizes = {
  starrocks({ queriesPerSecond, volume }: ServingNeeds): Size<StarRocksSettings> {
    const { queriesPerNode, cachedShare, cachePerNode } = RATES.starrocks;
    const cached = parseQuantity(volume) * cachedShare;
    const nodes = Math.max(2, Math.ceil(queriesPerSecond / queriesPerNode), Math.ceil(cached / cachePerNode));
    const cache = Math.max(10, Math.ceil(cached / nodes / GIB));
    return {
      settings: {
        compute: {
          nodes: { min: Math.max(2, Math.ceil(nodes / 2)), typical: nodes, max: nodes * 2 },
          cache: `${cache}Gi`,
        },
      },
      sizing: [
        `${nodes} compute nodes at the working load: ${queriesPerNode} queries a second each, ` +
          `and a cache of ${cache} GiB each for ${cachedShare * 100} % of the data`,
      ],
    };
  },
  druid({ queriesPerSecond, volume, ingest }: ServingNeeds): Size<DruidSettings> {
    const { queriesPerHistorical, copies, segmentsPerHistorical, bytesPerTask } = RATES.druid;
    const held = parseQuantity(volume) * copies;
    const count = Math.max(
      2,
      Math.ceil(queriesPerSecond / queriesPerHistorical),
      Math.ceil(held / segmentsPerHistorical),
    );
    const storage = Math.max(20, Math.ceil((held / count / GIB) * 1.2));
    const tasks = Math.max(
      1,
      Math.ceil(parseQuantity(ingest.amount) / INTERVALS[ingest.every] / bytesPerTask),
    );
    return {
      settings: {
        historicals: { count, storage: `${storage}Gi` },
        tasks: { count: { min: 0, typical: tasks + 1, max: tasks * 2 + 2 } },
      },
      sizing: [
        `${count} historicals: ${queriesPerHistorical} queries a second each, and ${copies} copies of all data on ` +
          `volumes of ${storage} GiB`,
        `${tasks + 1} tasks at the working load: ${bytesPerTask / 2 ** 20} MiB a second each, and one that compacts`,
      ],
    };
  },
  cassandra({ queriesPerSecond, writesPerSecond, volume }: ServingNeeds): Size<CassandraSettings> {
    const { operationsPerServer, copies, freeShare, dataPerServer } = RATES.cassandra;
    const held = parseQuantity(volume) * copies;
    // A write is done by each copy, a read by two of three.
    const operations = writesPerSecond * copies + queriesPerSecond * 2;
    const servers = Math.max(held / dataPerServer, operations / operationsPerServer);
    const perRack = Math.max(1, Math.ceil(servers / copies));
    const storage = Math.max(20, Math.ceil(held / (perRack * copies) / freeShare / GIB));
    return {
      settings: { serversPerRack: perRack, server: { storage: `${storage}Gi` } },
      sizing: [
        `${perRack * copies} servers in ${copies} racks: ${operationsPerServer} operations a second each, and ` +
          `${copies} copies of all data on volumes of ${storage} GiB, half of them free for compaction`,
      ],
    };
  },
} satisfies Record<Database, (needs: ServingNeeds) => Size<unknown>>;
