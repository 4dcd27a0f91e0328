import { z } from 'zod';
import { BUCKETS } from '../../../core/bucket';
import { bytes } from '../../../core/quantity';

/** What the names of a workflow and of the job in it can hold beside the rest of them. */
const NAME = /^[a-z]([-a-z0-9]{0,14}[a-z0-9])?$/;
const TEMPLATE = /^[a-z0-9]([-a-z0-9]{0,18}[a-z0-9])?$/;
const CRON = /^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|\S+( \S+){4})$/;
const OPTION = /^--[a-z][-a-z0-9]*$/;
const QUEUE = /^[A-Za-z0-9][\w.~+%-]{2,254}$/;

const job = z.strictObject({
  program: z
    .string()
    .min(1)
    .optional()
    .describe(
      'URI of a Python file: local:///opt/lakeport/programs/…, or in a bucket. Default: the example, trips',
    ),
  arguments: z
    .array(z.string())
    .optional()
    .describe('Arguments of the program. Default: none; for the example, its folders'),
  eventOption: z
    .string()
    .regex(OPTION, { error: 'is no option; write one such as "--object"' })
    .optional()
    .describe(
      'Option by which the program is told the event, such as bucket and key. Default: it is not told',
    ),
});

const start = z
  .strictObject({
    workflow: z
      .string()
      .regex(TEMPLATE, {
        error:
          'is no name of a template; write up to 20 lower-case letters, digits and dashes, such as "medallion"',
      })
      .optional()
      .describe('WorkflowTemplate in the namespace of the team'),
    job: job.optional().describe('Spark job, by the template spark-job'),
  })
  .refine(({ workflow, job }) => (workflow === undefined) !== (job === undefined), {
    error: 'starts not exactly one thing; write { workflow: "medallion" } or { job: { … } }',
  });

export type StartSettings = z.output<typeof start>;

const workflowsOf = (starts: readonly StartSettings[]): readonly string[] =>
  starts.flatMap(({ workflow }) => workflow ?? []);

/** What every source says. */
const source = {
  name: z
    .string()
    .regex(NAME, {
      error: 'is no name; write up to 16 lower-case letters, digits and dashes, such as "landing"',
    })
    .describe('Name of the source among those of its team'),
  team: z.string().optional().describe('Team in whose namespace workflows start; the first one by default'),
  starts: z
    .array(start)
    .refine((starts) => new Set(workflowsOf(starts)).size === workflowsOf(starts).length, {
      error: 'starts one workflow twice; an event starts each once, so leave one out',
    })
    .optional()
    .describe(
      'What each event starts, every one apart. Default: the workflow medallion and the example as a Spark job, where the site has Spark',
    ),
  perMinute: z
    .int()
    .min(1, { error: 'must be at least 1' })
    .max(600)
    .default(10)
    .describe('Most events a minute that start something; the others wait on the bus'),
};

export const settings = z.strictObject({
  bus: z
    .strictObject({
      storage: bytes().default('10Gi').describe('Volume of each of its three servers'),
      retentionHours: z
        .number()
        .positive()
        .max(8760)
        .default(72)
        .describe('Hours after which an event goes that no sensor has taken'),
    })
    .prefault({})
    .describe('What events go over'),
  webhooks: z
    .array(z.strictObject(source))
    .prefault([{ name: 'run' }])
    .describe('Paths, /<team>/<name>, to which events are posted with the token of the team'),
  calendars: z
    .array(
      z.strictObject({
        ...source,
        schedule: z
          .string()
          .regex(CRON, { error: 'is no schedule; write five fields of cron, such as "0 6 * * 1-5"' })
          .describe('When its events come: cron, five fields'),
        timezone: z.string().min(1).default('UTC').describe('Time zone of the schedule, as IANA names it'),
        catchUpHours: z
          .number()
          .positive()
          .default(24)
          .describe('Hours of which missed events are made up for, when nothing ran at their time'),
      }),
    )
    .default([])
    .describe('Events by the clock'),
  topics: z
    .array(
      z.strictObject({
        ...source,
        topic: z
          .string()
          .min(1)
          .describe('Topic after the team, as kafka.topics declares it; each message is an event'),
      }),
    )
    .default([])
    .describe('Topics of Kafka'),
  buckets: z
    .array(
      z.strictObject({
        ...source,
        bucket: z.enum(BUCKETS).default('raw').describe('Bucket whose new objects are events'),
        prefix: z
          .string()
          .regex(/^[^/]/, { error: 'starts with a slash; write it as keys start, such as "orders/"' })
          .optional()
          .describe('What keys of such objects start with. Default: all objects'),
        queue: z
          .string()
          .regex(QUEUE, { error: 'is no name of a queue; write its name alone, without a URL or an ARN' })
          .optional()
          .describe(
            'Where the cloud puts word of them: a queue of SQS, a subscription of Pub/Sub, a queue of the storage account. None where the store posts them itself',
          ),
      }),
    )
    .default([])
    .describe('Objects that are new in the object store'),
});

export type Settings = z.output<typeof settings>;
