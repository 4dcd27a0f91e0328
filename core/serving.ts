import { z } from 'zod';
import { bytes } from './quantity';

/** How queries find what they want. */
export const ACCESS = ['key-lookup', 'aggregation', 'joins', 'full-text'] as const;
export type Access = (typeof ACCESS)[number];

/** Seconds of an interval in which data comes in. */
export const INTERVALS = { minute: 60, hour: 3_600, day: 86_400, week: 604_800 } as const;
export type Interval = keyof typeof INTERVALS;

/** What an overlay may say of the database that answers queries of people and programs. */
export const serving = z
  .strictObject({
    database: z
      .string()
      .min(1)
      .optional()
      .describe('Component that serves, chosen by name. Default: the one that fits the rest best'),
    volume: bytes().describe('Data that queries can ask for: one copy, compressed as in a table of the lake'),
    ingest: z
      .strictObject({
        amount: bytes().describe('Data that comes in during an interval, before it is compressed'),
        every: z.enum(['minute', 'hour', 'day', 'week']).describe('The interval'),
      })
      .describe('How much comes in'),
    arrival: z
      .enum(['streaming', 'batch'])
      .describe('Whether rows are to be found seconds after they came, or once a job has loaded them'),
    responseMs: z.int().positive().describe('Milliseconds within which 95 of 100 queries are to be answered'),
    queriesPerSecond: z.number().positive().describe('Queries in a second, at the busiest time'),
    writesPerSecond: z
      .number()
      .nonnegative()
      .default(0)
      .describe('Single rows that programs write in a second, beside what comes in by streams and jobs'),
    access: z
      .array(z.enum(ACCESS))
      .min(1)
      .refine((list) => new Set(list).size === list.length, {
        error: 'names one of them twice; leave one out',
      })
      .describe('How queries find what they want'),
    updates: z.boolean().default(false).describe('Whether a row changes after it was written'),
    timed: z.boolean().default(true).describe('Whether each row has a time that queries restrict'),
  })
  .describe('What the site needs of the database that answers queries; lakeport picks it and its size');

export type ServingNeeds = z.output<typeof serving>;

/** How well a database fits a line of the decision table; `no` rules it out. */
export type Fit = 'best' | 'good' | 'weak' | 'no';

/** What one line of the decision table says of a database. */
export interface Reason {
  /** What was asked for, in words. */
  readonly need: string;
  readonly fit: Fit;
  /** Why, one sentence without a full stop. */
  readonly why: string;
  /** Where that is written. */
  readonly source: string;
}

/** A database with everything that the decision table says of it for the needs of a site. */
export interface Candidate {
  readonly component: string;
  readonly points: number;
  readonly reasons: readonly Reason[];
  /** Whether a line rules it out. */
  readonly ruledOut: boolean;
  /** Its settings for the needs, where the overlay says nothing itself. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** How these follow from the needs, one sentence each without a full stop. */
  readonly sizing: readonly string[];
}

/** What is advised for the needs of a site. */
export interface Advice {
  readonly needs: ServingNeeds;
  /** Best first; those that are ruled out last. */
  readonly candidates: readonly [Candidate, ...Candidate[]];
  /** The one that becomes part of the site; undefined where none meets the needs. */
  readonly chosen: Candidate | undefined;
  /** The best of the others; undefined where all others are ruled out. */
  readonly runnerUp: Candidate | undefined;
}

/** Picks a component by what an overlay says it needs. */
export interface ServingAdvisor {
  /** Components that it picks from; each is part of a site only where it is picked or turned on by hand. */
  readonly databases: readonly string[];
  /** @param without components that the overlay turns off; not all of them */
  advise(needs: ServingNeeds, without: ReadonlySet<string>): Advice;
}
