import type { Access, Fit } from '../../../core/serving';

/** Databases that can serve, in the order in which they are preferred where two fit equally well. */
export const DATABASES = ['starrocks', 'druid', 'cassandra'] as const;
export type Database = (typeof DATABASES)[number];

/** When a line is asked: all of it must hold. */
export interface When {
  readonly access?: Access;
  readonly arrival?: 'streaming' | 'batch';
  readonly updates?: true;
  readonly timed?: false;
  /** Less than so many milliseconds are asked for. */
  readonly responseMsBelow?: number;
  readonly queriesPerSecondAbove?: number;
  readonly writesPerSecondAbove?: number;
  /** A quantity: `3Ti`. */
  readonly volumeAbove?: string;
}

/** How a database fits, why, and where that is written. */
type Cell = readonly [fit: Fit, why: string, source: string];

/** One line of the table. */
export interface Decision {
  readonly need: string;
  readonly when: When;
  readonly fits: Readonly<Record<Database, Cell>>;
}

const STARROCKS = 'https://docs.starrocks.io/docs';
const DRUID = 'https://druid.apache.org/docs/latest';
const CASSANDRA = 'https://cassandra.apache.org/doc/latest/cassandra';

/** The decision table. docs/serving.md shows it; what is written there follows from here. */
export const decisions: readonly Decision[] = [
  {
    need: 'queries find rows by their key',
    when: { access: 'key-lookup' },
    fits: {
      starrocks: [
        'weak',
        'shared-data clusters keep rows by column only, so a row is read from each column apart',
        `${STARROCKS}/table_design/hybrid_table/#limits`,
      ],
      druid: [
        'weak',
        'it is made for scans of a time range, and its rows have no key',
        `${DRUID}/comparisons/druid-vs-key-value`,
      ],
      cassandra: [
        'best',
        'the key tells which servers have the row, and queries by key are what it is designed for',
        `${CASSANDRA}/architecture/overview.html`,
      ],
    },
  },
  {
    need: 'queries aggregate many rows',
    when: { access: 'aggregation' },
    fits: {
      starrocks: [
        'best',
        'all nodes work on a query, column by column, and shuffle what is grouped',
        `${STARROCKS}/introduction/Features/#mpp-framework`,
      ],
      druid: ['best', 'reports that group events are what it is made for', `${DRUID}/design/`],
      cassandra: [
        'no',
        'it leaves out what must be coordinated over partitions',
        `${CASSANDRA}/architecture/overview.html`,
      ],
    },
  },
  {
    need: 'queries join tables',
    when: { access: 'joins' },
    fits: {
      starrocks: [
        'best',
        'its optimizer orders joins by their cost, and joins large tables with each other',
        `${STARROCKS}/introduction/Features/#cost-based-optimizer`,
      ],
      druid: [
        'weak',
        'all tables of a join but one must fit into memory',
        `${DRUID}/querying/datasource#join`,
      ],
      cassandra: ['no', 'it has no joins', `${CASSANDRA}/architecture/overview.html`],
    },
  },
  {
    need: 'queries search text for words',
    when: { access: 'full-text' },
    fits: {
      starrocks: [
        'good',
        'it indexes the words of a column; the feature is beta and must be switched on',
        `${STARROCKS}/table_design/indexes/inverted_index/`,
      ],
      druid: [
        'weak',
        'it finds values of a column that contain a text, and has no index of their words',
        `${DRUID}/querying/searchquery`,
      ],
      cassandra: [
        'no',
        'its indexes filter by whole values and replace no search',
        `${CASSANDRA}/developing/cql/indexing/sai/sai-faq.html`,
      ],
    },
  },
  {
    need: 'rows are found seconds after they came',
    when: { arrival: 'streaming' },
    fits: {
      starrocks: [
        'good',
        'it loads topics in small transactions, each found some seconds later',
        `${STARROCKS}/loading/RoutineLoad/`,
      ],
      druid: [
        'best',
        'tasks answer for the messages that they have read, exactly once, before they are a segment',
        `${DRUID}/ingestion/kafka-ingestion`,
      ],
      cassandra: [
        'good',
        'a row is found once it is written, but a program must take it from the topic',
        `${CASSANDRA}/architecture/storage-engine.html`,
      ],
    },
  },
  {
    need: 'rows come by jobs',
    when: { arrival: 'batch' },
    fits: {
      starrocks: [
        'best',
        'it reads files of the lake by itself, in SQL',
        `${STARROCKS}/sql-reference/sql-functions/table-functions/files/`,
      ],
      druid: ['good', 'tasks read files of the lake in parallel', `${DRUID}/ingestion/native-batch`],
      cassandra: [
        'weak',
        'rows are written one by one by a job, or as files that a job made for it',
        `${CASSANDRA}/managing/operating/bulk_loading.html`,
      ],
    },
  },
  {
    need: 'rows change after they were written',
    when: { updates: true },
    fits: {
      starrocks: [
        'best',
        'tables with a primary key take upserts without slower reads',
        `${STARROCKS}/table_design/table_types/primary_key_table/`,
      ],
      druid: ['no', 'it cannot update single rows', `${DRUID}/data-management/update`],
      cassandra: [
        'best',
        'a write by a key replaces what was there',
        `${CASSANDRA}/architecture/dynamo.html`,
      ],
    },
  },
  {
    need: 'rows have no time',
    when: { timed: false },
    fits: {
      starrocks: ['good', 'partitions are a choice', `${STARROCKS}/table_design/data_distribution/`],
      druid: [
        'no',
        'every row must have a time, by which data is partitioned',
        `${DRUID}/ingestion/schema-model#primary-timestamp`,
      ],
      cassandra: ['good', 'any column can be the key', `${CASSANDRA}/architecture/overview.html`],
    },
  },
  {
    need: 'answers come in less than 100 ms',
    when: { responseMsBelow: 100 },
    fits: {
      starrocks: [
        'weak',
        'only what the cache of its nodes holds is answered without the object store',
        `${STARROCKS}/introduction/Architecture/`,
      ],
      druid: ['no', 'it aims at 100 ms to a few seconds', `${DRUID}/design/`],
      cassandra: [
        'best',
        'low latency wherever it runs is what it was designed for',
        `${CASSANDRA}/architecture/overview.html`,
      ],
    },
  },
  {
    need: 'answers come in less than 20 ms',
    when: { responseMsBelow: 20 },
    fits: {
      starrocks: [
        'no',
        'its point queries are short only with row storage, which shared-data clusters lack',
        `${STARROCKS}/table_design/hybrid_table/#limits`,
      ],
      druid: ['no', 'it aims at 100 ms to a few seconds', `${DRUID}/design/`],
      cassandra: [
        'good',
        'a query by key is one read on the servers that have the row',
        `${CASSANDRA}/architecture/dynamo.html`,
      ],
    },
  },
  {
    need: 'more than 1000 queries come in a second',
    when: { queriesPerSecondAbove: 1_000 },
    fits: {
      starrocks: [
        'weak',
        'each query is planned by a frontend and runs on all nodes; more frontends plan more',
        `${STARROCKS}/deployment/plan_cluster/`,
      ],
      druid: ['good', 'it backs highly concurrent interfaces of programs', `${DRUID}/design/`],
      cassandra: [
        'best',
        'throughput grows with each server that is added',
        `${CASSANDRA}/architecture/overview.html`,
      ],
    },
  },
  {
    need: 'programs write more than 100 rows in a second, one by one',
    when: { writesPerSecondAbove: 100 },
    fits: {
      starrocks: [
        'weak',
        'each load is a transaction, so rows should come many at a time',
        `${STARROCKS}/loading/StreamLoad/`,
      ],
      druid: ['no', 'rows come by tasks, from topics and files', `${DRUID}/ingestion/`],
      cassandra: [
        'best',
        'a write is appended to a log and kept in memory',
        `${CASSANDRA}/architecture/storage-engine.html`,
      ],
    },
  },
  {
    need: 'more than 3 TiB are kept',
    when: { volumeAbove: '3Ti' },
    fits: {
      starrocks: [
        'best',
        'everything is in the object store, and nodes cache what is asked for',
        `${STARROCKS}/introduction/Architecture/`,
      ],
      druid: [
        'good',
        'everything is in the object store; what is answered at once is also on volumes',
        `${DRUID}/design/deep-storage`,
      ],
      cassandra: [
        'weak',
        'three copies are on volumes of regular nodes',
        `${CASSANDRA}/architecture/dynamo.html`,
      ],
    },
  },
];
