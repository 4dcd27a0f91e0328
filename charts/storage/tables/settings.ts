import { z } from 'zod';
import { fileMebibytes } from '../../../core/lifecycle';

const CRON = /^\S+( \S+){4}$/;
const NAME = /^[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*$/;
const MUTEX = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

const common = {
  team: z.string().describe('Team whose job looks after it, with its rights'),
  retentionDays: z
    .int()
    .min(7, {
      error: 'is less than 7, and readers and writers of a week would lose files that they still need',
    })
    .default(7)
    .describe('Days for which older states of the table can be read'),
  fileMebibytes: fileMebibytes()
    .optional()
    .describe(
      'Size that its small files are made into, in MiB. Default: buckets.fileMebibytes of its bucket',
    ),
  mutexes: z
    .array(z.string().regex(MUTEX, { error: 'is no name of a mutex' }))
    .default([])
    .describe(
      'Mutexes of the workflows that write it, so that it is not looked after while they do: "medallion"',
    ),
};

const name = () =>
  z
    .string()
    .regex(NAME, { error: 'is no name of a table; write a namespace and a name, such as "shop.orders"' });

const table = z.discriminatedUnion('format', [
  z.strictObject({
    format: z.literal('iceberg').describe('A table of the catalog lake'),
    name: name().describe('Namespace and name in the catalog'),
    ...common,
  }),
  z.strictObject({
    format: z.literal('delta').describe('A table that is found by its path'),
    bucket: z.enum(['curated', 'presentation']).describe('Layer in which it lies'),
    path: z
      .string()
      .regex(/^[\w-]+(\/[\w-]+)*$/, { error: 'is no path; write one in the bucket, such as "shop/orders"' })
      .describe('Its folder in the bucket'),
    ...common,
  }),
  z.strictObject({
    format: z.literal('hive').describe('A table with transactions of Hive, which Hive itself looks after'),
    name: name().describe('Database and name'),
  }),
]);

export type Table = z.output<typeof table>;

export const settings = z.strictObject({
  tables: z.array(table).default([]).describe('Tables of the site, each once'),
  schedule: z
    .string()
    .regex(CRON, { error: 'is no schedule; write five fields, such as "30 1 * * *"' })
    .default('30 1 * * *')
    .describe('When tables are looked after: cron, in UTC'),
  suspended: z.boolean().default(false).describe('Whether the schedule waits'),
});

export type Settings = z.output<typeof settings>;
