import { z } from 'zod';
import { bytes } from '../../../core/quantity';
import { JOB_PRIORITIES } from './priorities';

const NAME = /^[a-z]([-a-z0-9]{0,28}[a-z0-9])?$/;
const SHAPE = {
  cores: z.int().positive().optional().describe('Cores. Default: those of all jobs'),
  memory: bytes().optional().describe('Heap. Default: that of all jobs'),
};

/** What an ending makes a file of, and how a message calls one. */
const file = (ending: string, example: string) =>
  z.string().regex(new RegExp(`^([a-z0-9]+://\\S+|[\\w.-]+(/[\\w.-]+)*)\\.${ending}$`), {
    error: `is no file of that kind; write a path in the bucket "artifacts" or a URI, such as "${example}"`,
  });

/** A job of a team: what kind of work it is, the program, and what differs from other jobs. */
export const application = z.strictObject({
  kind: z
    .enum(['batch', 'sql', 'stream'])
    .describe('A program that ends; statements; or what runs all the time'),
  team: z.string().describe('Team in whose namespace it runs'),
  name: z
    .string()
    .regex(NAME, {
      error: 'is no name of a job; write up to 30 lower-case letters, digits and dashes, such as "orders"',
    })
    .describe('Name of the job, once in a team'),
  program: file('py', 'jobs/orders.py')
    .optional()
    .describe('Python program of a batch or a stream: a path in the bucket "artifacts", or a URI'),
  arguments: z.array(z.string()).optional().describe('Arguments of the program'),
  statements: file('sql', 'jobs/orders.sql')
    .optional()
    .describe('File with the statements of kind "sql": a path in the bucket "artifacts", or a URI'),
  parameters: z
    .record(
      z.string().regex(/^[A-Za-z_]\w*$/, { error: 'is no name of a parameter; write letters and digits' }),
      z.string(),
    )
    .optional()
    .describe('Values that statements take as :name; :raw, :curated and :presentation are there already'),
  topic: z.string().min(1).optional().describe('Topic of the team that kind "stream" lands in a Delta table'),
  table: z
    .string()
    .regex(/^[\w-]+(\/[\w-]+)*$/, {
      error: 'is no path; write one in the bucket "curated", such as "orders"',
    })
    .optional()
    .describe('The Delta table: a path in the bucket "curated"'),
  schema: z.string().min(1).optional().describe('Fields of the messages, as SQL writes columns'),
  triggerSeconds: z
    .int()
    .positive()
    .optional()
    .describe('Seconds between batches of a topic: how late the table is. Default: 60'),
  outageHours: z
    .number()
    .nonnegative()
    .optional()
    .describe(
      'Longest that a job with a topic may stand still and still go on from its checkpoint: the topic must keep messages ' +
        'as long. Default: 72, a long weekend',
    ),
  schedule: z
    .string()
    .min(1)
    .optional()
    .describe('When it starts: cron, in UTC. Default: once, and again when it is changed'),
  suspended: z.boolean().default(false).describe('Whether the schedule waits'),
  executors: z
    .int()
    .positive()
    .optional()
    .describe(
      'Most executors; for a stream, as many all the time. Default: those of all jobs, 2 of a stream',
    ),
  spotShare: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe(
      'Share of its executors that must be on spot nodes: 1 for all; up to 0.8 for a split (1/2, 2/3, 3/4 or 4/5), ' +
        'of which one in a drought of spot nodes goes on; 0 where all may fall back to regular nodes',
    ),
  priority: z
    .enum(JOB_PRIORITIES)
    .default('normal')
    .describe(
      'How urgent it is: of pods that wait for room, those of "high" go first, and its executors stop others where there ' +
        'is none; those of "low" go last',
    ),
  gang: z
    .boolean()
    .default(false)
    .describe(
      'Whether its driver and all its executors get room together or not at all; needs `queues`. Default: as they come',
    ),
  driver: z.strictObject(SHAPE).prefault({}).describe('Its driver'),
  executor: z.strictObject(SHAPE).prefault({}).describe('Each of its executors'),
  conf: z
    .record(
      z
        .string()
        .regex(/^spark\.\S+$/, { error: 'is no setting of Spark; write one that begins with "spark."' }),
      z.string(),
    )
    .default({})
    .describe('Settings of Spark for this job alone'),
});

export type ApplicationSettings = z.output<typeof application>;
