import { z } from 'zod';
import { nodeLabel } from '../../../core/node-label';
import { bytes, cpu } from '../../../core/quantity';
import { scale } from '../../../core/scale';

const TOPIC = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
const IMAGE = /^[\w.-]+(:\d+)?(\/[\w.-]+)+:[\w][\w.-]*(@sha256:[a-f0-9]{64})?$/;
const TABLE = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$/;

const url = (example: string) =>
  z.url({ protocol: /^https?$/, error: `is no URL; write one such as "${example}"` });

const image = () =>
  z.string().regex(IMAGE, {
    error:
      'is no image with a version; write registry, path and tag, such as "registry.example.com/sink:1.0"',
  });

const nodes = (count: number, cpus: string, memory: string, storage: string) => ({
  count: z.int().min(1, { error: 'must be at least 1' }).default(count).describe('How many'),
  cpu: cpu().default(cpus).describe('CPU of each in cores'),
  memory: bytes()
    .default(memory)
    .describe('Memory of each; half of it, 5 GiB at most, is heap, the rest caches'),
  storage: bytes().default(storage).describe('Volume of each; it can grow and never shrink'),
});

const topic = z.strictObject({
  team: z.string().describe('Team whose jobs write it; the topic is called <team>.<name>'),
  name: z
    .string()
    .max(200)
    .regex(TOPIC, {
      error: 'is no name of a topic; write lower-case letters, digits, dashes and dots, such as "orders"',
    })
    .describe('Name after the team'),
  partitions: z
    .int()
    .min(1, { error: 'must be at least 1; a topic has a partition for each consumer that reads it at once' })
    .default(6)
    .describe(
      'Partitions, which is as many consumers of one group as can share the work; can only be raised',
    ),
  replication: z
    .int()
    .min(1, { error: 'must be at least 1' })
    .optional()
    .describe('Brokers that hold each message. Default: 3, or all brokers where there are fewer'),
  minInsync: z
    .int()
    .min(1, { error: 'must be at least 1' })
    .optional()
    .describe('Brokers that must have a message before its producer is told. Default: one less than hold it'),
  retentionHours: z
    .number()
    .positive()
    .default(168)
    .describe('Hours after which messages go; of no meaning for a topic that is only compacted'),
  retentionBytes: bytes()
    .optional()
    .describe('Size of a partition from which its oldest messages go even before that'),
  cleanup: z
    .enum(['delete', 'compact', 'compact,delete'])
    .default('delete')
    .describe('Whether messages go by age, or all but the last one of each key, or both'),
  localHours: z
    .number()
    .positive()
    .optional()
    .describe('Hours that messages stay on brokers before only the object store has them; needs `tiered`'),
  readers: z.array(z.string()).default([]).describe('Other teams whose jobs may read it'),
  outageHours: z
    .number()
    .nonnegative()
    .default(0)
    .describe('Longest that its slowest reader may stand still and still go on from its checkpoint'),
});

export type TopicSettings = z.output<typeof topic>;

const sink = z.strictObject({
  team: z.string().describe('Team of the topic'),
  topic: z.string().describe('Name of the topic after the team'),
  table: z
    .string()
    .regex(TABLE, { error: 'is no table; write namespace and name, such as "raw.orders"' })
    .describe('Iceberg table that the messages land in: namespace and name; made where there is none'),
  tasks: z.int().positive().default(2).describe('Consumers at once'),
  commitMinutes: z.number().positive().default(5).describe('Minutes between commits: how late the table is'),
});

export type SinkSettings = z.output<typeof sink>;

export const settings = z.strictObject({
  controllers: z
    .strictObject(nodes(3, '250m', '1Gi', '10Gi'))
    .refine(({ count }) => count % 2 === 1, {
      path: ['count'],
      error: 'is even; write 1, 3 or 5: one more that fails for each two, and a vote needs a majority',
    })
    .prefault({})
    .describe('Nodes that keep the metadata of the cluster'),
  brokers: z
    .strictObject(nodes(3, '1', '4Gi', '100Gi'))
    .prefault({})
    .describe('Nodes that keep the messages'),
  rack: nodeLabel()
    .optional()
    .describe('Node label over whose values replicas are spread. Default: what fails apart in the cloud'),
  topics: z.array(topic).default([]).describe('Topics of the site'),
  oidc: z
    .strictObject({
      issuer: url('https://login.example.com/realms/lake').describe('Issuer of the tokens, as they name it'),
      jwks: url('https://login.example.com/realms/lake/certs').describe('Where its keys are'),
      audience: z.string().min(1).default('kafka').describe('Audience that tokens must have'),
      claim: z
        .string()
        .min(1)
        .default('sub')
        .describe('Claim that holds the name of the user, such as "team-analytics"'),
    })
    .optional()
    .describe('Issuer whose tokens are as good as a password'),
  tiered: z
    .strictObject({
      plugin: image().describe('Image that holds the tiered storage of Aiven and nothing else, in its root'),
    })
    .optional()
    .describe('Older messages in the object store: what topics with `localHours` need'),
  connect: z
    .strictObject({
      plugin: image().describe('Image that holds the sink of Iceberg and nothing else, in its root'),
      catalog: url('https://catalog.example.com')
        .optional()
        .describe('REST catalog of the tables. Default: the metastore of the site'),
      warehouse: z
        .string()
        .min(1)
        .optional()
        .describe(
          'Warehouse in the catalog. Default: the curated bucket; none in the metastore of the site, which has one',
        ),
      workers: scale()
        .default({ min: 2, typical: 2, max: 6 })
        .describe('Workers, which share the consumers of all sinks'),
      cpu: cpu().default('1').describe('CPU of a worker in cores'),
      memory: bytes().default('2Gi').describe('Memory of a worker'),
      sinks: z.array(sink).default([]).describe('Topics that land in tables'),
    })
    .optional()
    .describe('Kafka Connect, which lands topics in Iceberg tables'),
});

export type Settings = z.output<typeof settings>;
