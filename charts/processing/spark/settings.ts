import { z } from 'zod';
import { bytes } from '../../../core/quantity';
import { scale } from '../../../core/scale';
import { versions } from '../../../versions';

const JAR = /^(https:\/\/\S+\.jar|[\w.-]+:[\w.-]+:[\w.-]+)$/;

export const settings = z.strictObject({
  image: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Image of drivers, executors and the history server: a folder of images/, or a reference. Default: the image of ' +
        'the platform where the site names a registry, else the one of Apache',
    ),
  sparkVersion: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/, { error: `is no version of Spark; write one such as "${versions.spark}"` })
    .optional()
    .describe('Version of Spark in the image, where its tag does not tell'),
  jars: z
    .array(
      z.string().regex(JAR, {
        error:
          'is no jar; write a Maven coordinate (group:artifact:version) or an https URL that ends in .jar',
      }),
    )
    .optional()
    .describe(
      'Jars that are fetched when a job starts. Default: none for images of the platform, else the connector of the ' +
        'object store, which the image of Apache lacks; [] for an image that has it',
    ),
  repositories: z
    .array(z.url({ protocol: /^https?$/, error: 'must be a URL' }))
    .default([])
    .describe('Maven repositories that are asked first, for sites that do not reach Maven Central'),
  jobs: scale()
    .default({ min: 0, typical: 2, max: 4 })
    .describe('Jobs of one team at once, which is as many drivers'),
  executors: scale()
    .default({ min: 0, typical: 4, max: 8 })
    .describe('Executors of one job; a job that says nothing else gets them as it has work'),
  driver: z
    .strictObject({
      cores: z.int().positive().default(1).describe('Cores'),
      memory: bytes().default('2Gi').describe('Heap; Spark adds memory beside it'),
    })
    .prefault({})
    .describe('A driver that says nothing else'),
  executor: z
    .strictObject({
      cores: z.int().positive().default(4).describe('Cores'),
      memory: bytes().default('8Gi').describe('Heap; Spark adds memory beside it'),
    })
    .prefault({})
    .describe('An executor that says nothing else'),
  historyDays: z.int().positive().default(30).describe('Days for which the history server shows a job'),
  submissions: z
    .int()
    .min(1)
    .max(50)
    .default(10)
    .describe('Jobs that the operator submits at once; each takes up to half a GiB of its memory'),
  example: z
    .strictObject({
      team: z.string().optional().describe('Team in whose namespace it runs; the first one by default'),
      schedule: z.string().min(1).default('15 2 * * *').describe('When it starts: cron, in UTC'),
      suspended: z.boolean().default(false).describe('Whether the schedule waits'),
    })
    .prefault({})
    .describe('The example: trips from raw to presentation, once and then by the clock'),
  stream: z
    .strictObject({
      team: z.string().optional().describe('Team in whose namespace it runs; the first one by default'),
      partitions: z
        .int()
        .min(1, { error: 'must be at least 1' })
        .default(6)
        .describe('Partitions of its topic, which is as many tasks as can read it at once'),
      retentionHours: z
        .number()
        .positive()
        .default(168)
        .describe('Hours after which messages of its topic go'),
      outageHours: z
        .number()
        .nonnegative()
        .default(72)
        .describe('Longest that the job may stand still and still go on from its checkpoint: a long weekend'),
      triggerSeconds: z
        .int()
        .positive()
        .default(60)
        .describe('Seconds between batches: how late the table is'),
      executors: z.int().positive().default(2).describe('Executors, all the time'),
    })
    .prefault({})
    .describe('The example of a stream: from a topic to a Delta table; part of a site with Kafka'),
  medallion: z
    .strictObject({
      team: z.string().optional().describe('Team in whose namespace it runs; the first one by default'),
      schedule: z.string().min(1).default('0 3 * * *').describe('When it starts: cron, in UTC'),
      suspended: z.boolean().default(false).describe('Whether the schedule waits'),
    })
    .prefault({})
    .describe('The pipeline raw → curated → presentation as a workflow; part of a site with Argo Workflows'),
});

export type Settings = z.output<typeof settings>;
