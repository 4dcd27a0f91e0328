import { z } from 'zod';
import { bytes } from '../../../core/quantity';
import { scale } from '../../../core/scale';
import { versions } from '../../../versions';
import { application } from './application-settings';
import { MEASURED } from './sizing';

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
      'Jars that are fetched when a job starts. Default: none for images of the platform, else what the image of ' +
        'Apache lacks: Delta, Iceberg and the connector of the object store; [] for an image that has them',
    ),
  repositories: z
    .array(z.url({ protocol: /^https?$/, error: 'must be a URL' }))
    .default([])
    .describe('Maven repositories that are asked first, for sites that do not reach Maven Central'),
  jobs: scale()
    .default({ min: 0, typical: 2, max: 4 })
    .describe('Jobs that one team starts itself at once, which is as many drivers; beside `applications`'),
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
  connect: z
    .strictObject({
      teams: z
        .array(z.string())
        .optional()
        .describe('Teams that have servers, each its own; [] for none. Default: the first team'),
      replicas: z
        .int()
        .positive()
        .max(10)
        .default(2)
        .describe('Servers of a team: one is left when the node of the other goes'),
      cores: z.int().positive().default(1).describe('Cores of a server'),
      memory: bytes()
        .default('4Gi')
        .describe('Heap of a server, which all its sessions share; Spark adds memory beside it'),
      executors: scale()
        .default({ min: 0, typical: 1, max: 3 })
        .describe('Executors of a server, which all its sessions share'),
      idleMinutes: z
        .int()
        .positive()
        .default(60)
        .describe('Minutes without a request after which a server forgets a session'),
    })
    .prefault({})
    .describe('Spark Connect: servers on which clients anywhere run sessions with a thin library'),
  lineage: z
    .strictObject({
      url: z
        .url({
          protocol: /^https?$/,
          error: 'is no URL; write that of the server, such as "https://lineage.example.com"',
        })
        .describe(
          'Server that takes events of OpenLineage; its path is /api/v1/lineage unless another is said',
        ),
      namespace: z.string().min(1).optional().describe('Namespace of the jobs there. Default: the site'),
      cidrs: z
        .array(z.cidrv4())
        .min(1)
        .default(['0.0.0.0/0'])
        .describe('Networks in which the server is reached'),
    })
    .optional()
    .describe('Whom jobs and sessions tell what they read and write, by the listener of OpenLineage'),
  alerts: z
    .strictObject({
      labels: z
        .record(z.string(), z.string())
        .default({})
        .describe('Labels by which that Prometheus finds its rules'),
    })
    .optional()
    .describe(
      'Alerts of jobs, for a Prometheus with its operator that the site has from elsewhere. Default: none, since the ' +
        'platform brings none',
    ),
  queues: z
    .strictObject({
      guaranteed: z
        .number()
        .min(0)
        .max(1)
        .default(0.5)
        .describe(
          'Part of the quota of each team that it gets first: pods of teams that have more are stopped for it, where there ' +
            'is no room',
        ),
      gangMinutes: z
        .int()
        .positive()
        .default(15)
        .describe('Minutes for which a job with `gang` waits for room before it fails, and is tried again'),
    })
    .optional()
    .describe(
      'Queues of teams, by the scheduler YuniKorn. Default: none, so that the scheduler of the cluster places pods as they ' +
        'come',
    ),
  applications: z
    .array(application)
    .default([])
    .describe('Jobs of teams: a program that ends, SQL statements, or a stream'),
  historyDays: z.int().positive().default(30).describe('Days for which the history server shows a job'),
  submissionsPerMinute: z
    .int()
    .min(1, { error: 'must be at least 1' })
    .max(MEASURED.perMinute, {
      error: `is more than one operator starts; write ${MEASURED.perMinute} or less, which takes ${MEASURED.cores} cores`,
    })
    .default(4)
    .describe(
      'Jobs that the operator starts a minute, for which it is sized: a core for each 3.6 of them, a thread for each ' +
        '13 (2 at least), memory for its threads',
    ),
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
  training: z
    .strictObject({
      team: z.string().optional().describe('Team in whose namespace it runs; the first one by default'),
      schedule: z.string().min(1).default('0 5 * * 0').describe('When it starts: cron, in UTC'),
      suspended: z.boolean().default(false).describe('Whether the schedule waits'),
    })
    .prefault({})
    .describe(
      'The example of machine learning: a model of the fare of a trip, trained by executors; part of a site with an ' +
        'image of the platform, which has NumPy',
    ),
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
