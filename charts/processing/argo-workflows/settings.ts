import { z } from 'zod';
import { bytes, cpu } from '../../../core/quantity';
import { scale } from '../../../core/scale';

/** What a step requests whose template says nothing else. */
export const STEP_REQUEST = { cpu: '500m', memory: '1Gi' } as const;

/** Days after which archived workflows are deleted where the site says nothing else. */
export const ARCHIVE_DAYS = 180;

export const settings = z.strictObject({
  parallelism: scale()
    .default({ min: 0, typical: 10, max: 40 })
    .describe(
      'Workflow pods of one team that run at once; the maximum also limits how many of its workflows run',
    ),
  request: z
    .strictObject({
      cpu: cpu().default(STEP_REQUEST.cpu).describe('CPU in cores'),
      memory: bytes().default(STEP_REQUEST.memory).describe('Memory; the limit is the same'),
    })
    .prefault({})
    .describe('What a step requests whose template says nothing else'),
  archive: z
    .strictObject({
      days: z
        .int()
        .positive()
        .default(ARCHIVE_DAYS)
        .describe('Days after which archived workflows are deleted'),
      server: z
        .strictObject({
          host: z.hostname().describe('DNS name of the PostgreSQL server'),
          port: z.int().min(1).max(65_535).default(5432).describe('TCP port of the server'),
          database: z
            .string()
            .min(1)
            .default('argo_workflows')
            .describe('Database; its tables are made at first start'),
          secret: z
            .string()
            .min(1)
            .default('argo-workflows-archive')
            .describe('Secret with the keys username and password, in the namespace argo-workflows'),
          cidrs: z.array(z.cidrv4()).min(1).describe('Networks in which the server is reached'),
        })
        .optional()
        .describe('Server outside the site. Default: a database of the component postgres'),
    })
    .or(z.literal(false))
    .optional()
    .describe(
      'Database that keeps finished workflows, and the state of large running ones; false for none. ' +
        'Default: a database of the component postgres, where it is on',
    ),
});

export type Settings = z.output<typeof settings>;
