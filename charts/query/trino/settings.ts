import { z } from 'zod';
import { bytes, cpu } from '../../../core/quantity';
import { scale } from '../../../core/scale';

const SCHEMA = /^[a-z][a-z0-9_]*$/;
const COLUMN = /^[a-z_][a-z0-9_]*$/;

const url = (example: string) =>
  z.url({ protocol: /^https$/, error: `is no https URL; write one such as "${example}"` });

/** A catalog of another component: on where that is part of the site. */
const catalog = (what: string) => z.boolean().optional().describe(`${what}. Default: where that is on`);

const asked = (what: string, user: string) => z.boolean().default(false).describe(`${what}, as ${user}`);

const topic = z.strictObject({
  team: z.string().describe('Team of the topic'),
  topic: z.string().min(1).describe('Name of the topic after the team'),
  columns: z
    .record(
      z.string().regex(COLUMN, { error: 'is no column; write lower-case letters, digits and underscores' }),
      z.strictObject({
        type: z.string().min(1).describe('SQL type, such as "bigint"'),
        mapping: z
          .string()
          .min(1)
          .optional()
          .describe('Path in the message. Default: the name of the column'),
      }),
    )
    .describe('Columns of the messages, which are JSON'),
});

const schema = z.strictObject({
  name: z
    .string()
    .regex(SCHEMA, { error: 'is no schema; write lower-case letters, digits and underscores' })
    .describe('Name of the schema, in all catalogs of tables'),
  owner: z.string().describe('Team that makes and changes what is in it'),
  readers: z
    .union([z.literal('all'), z.array(z.string())])
    .default([])
    .describe('Other teams that read it, or "all"'),
});

export const settings = z.strictObject({
  coordinator: z
    .strictObject({
      cpu: cpu().default('2').describe('CPU in cores'),
      memory: bytes().default('8Gi').describe('Memory; four fifths of it are heap'),
    })
    .prefault({})
    .describe('The node that plans queries and hands out their tasks; there is one'),
  workers: scale()
    .default({ min: 2, typical: 5, max: 15 })
    .describe('Nodes that run tasks; moved by the CPU that they use'),
  worker: z
    .strictObject({
      cpu: cpu().default('4').describe('CPU of each in cores'),
      memory: bytes().default('16Gi').describe('Memory of each; four fifths of it are heap'),
      queryMemory: bytes()
        .optional()
        .describe('Most memory that one query takes of a worker. Default: half of what queries have there'),
      cache: bytes().default('20Gi').describe('Disk of the node for files of tables that were read before'),
      spill: bytes().default('20Gi').describe('Disk of the node for what does not fit into memory'),
    })
    .prefault({})
    .describe('Size of a worker'),
  spotShare: z
    .number()
    .min(0)
    .max(1)
    .default(0.8)
    .describe(
      'Least share of workers that is pinned to spot nodes: 1/2, 2/3, 3/4, 4/5 or all (1); 0: they prefer them',
    ),
  drainSeconds: z
    .int()
    .min(30, { error: 'is less than a worker takes to tell that it leaves; write 30 or more' })
    .max(3600, { error: 'is more than an hour, for which no node waits; write less' })
    .default(300)
    .describe('Seconds that a worker may take to end its tasks when it is told to leave'),
  retry: z
    .enum(['task', 'none'])
    .default('task')
    .describe(
      'Whether tasks of a lost worker are run again from what was spooled to the object store; a session may say ' +
        "`SET SESSION retry_policy = 'NONE'` for short queries",
    ),
  catalogs: z
    .strictObject({
      lake: catalog('Tables of Iceberg, in the metastore of component hive'),
      hive: catalog('Tables of Hive, in the same metastore'),
      delta: catalog('Tables of Delta, in the same metastore'),
      kafka: catalog('Topics of the overlay, by component kafka'),
      postgres: catalog('A database of Trino itself, by component postgres'),
      tpch: z.boolean().default(true).describe('Tables that are computed, to try things out'),
      druid: asked('Data sources of component druid', 'its user who may read every table'),
      cassandra: asked(
        'Keyspaces of component cassandra',
        'the user whose name and password the store of secrets holds',
      ),
    })
    .prefault({})
    .describe('What can be queried'),
  cassandraDatacenter: z
    .string()
    .min(1)
    .optional()
    .describe('Datacenter of Cassandra that is near; needed with catalogs.cassandra'),
  topics: z
    .array(topic)
    .default([])
    .describe('Columns of topics; a topic without has its messages as text, in the column _message'),
  schemas: z
    .array(schema)
    .default([])
    .describe(
      'Schemas beside those of the layers, which are raw_<team>, curated_<team> and presentation_<team>',
    ),
  members: z
    .record(z.string(), z.array(z.string().min(1)))
    .default({})
    .describe('People of each team, as the issuer names them'),
  shares: z
    .record(
      z.string(),
      z.strictObject({
        weight: z.int().positive().default(1).describe('Share of the workers beside other teams'),
        running: z.int().positive().default(20).describe('Queries at once'),
        queued: z.int().nonnegative().default(200).describe('Queries that wait; further ones are refused'),
      }),
    )
    .default({})
    .describe('What teams get. Default for each: weight 1, 20 queries at once, 200 that wait'),
  oidc: z
    .strictObject({
      issuer: url('https://login.example.com/realms/lake').describe(
        'URL of the issuer, below which /.well-known/openid-configuration lies',
      ),
      clientId: z.string().min(1).default('trino').describe('Client id at the issuer'),
      usernameClaim: z
        .string()
        .min(1)
        .default('preferred_username')
        .describe('Claim with the name of the user'),
      scopes: z
        .array(z.string().min(1))
        .min(1)
        .default(['openid', 'profile'])
        .describe('Scopes that are asked for'),
    })
    .optional()
    .describe(
      'Who logs people in; the secret of the client comes from the store of secrets as trino-oidc. Default: nobody; ' +
        'jobs come with the certificate of their team all the same',
    ),
  host: z.hostname().optional().describe('DNS name under which people reach it. Default: trino.<domain>'),
  lineage: z
    .strictObject({
      url: url('https://lineage.example.com').describe('URL of the server of OpenLineage'),
      namespace: z.string().min(1).optional().describe('Namespace of the queries. Default: name of the site'),
      cidrs: z.array(z.cidrv4()).min(1).default(['0.0.0.0/0']).describe('Networks that the server is in'),
    })
    .optional()
    .describe('Where queries tell what they read and wrote'),
  spoolDays: z
    .int()
    .positive()
    .default(1)
    .describe(
      'Days after which what a query left in the object store goes; the longest that a query may run',
    ),
});

export type Settings = z.output<typeof settings>;
