import { z } from 'zod';
import { bytes, cpu } from '../../../core/quantity';

const CLUSTER = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const CRON = /^\S+( \S+){4}$/;

/** A cluster is also the folder of its backups and part of the names of its pods. */
const cluster = () =>
  z.string().max(40).regex(CLUSTER, {
    error: 'is no name of a cluster; write lower-case letters, digits and dashes, such as "metadata-2"',
  });

export const settings = z
  .strictObject({
    cluster: cluster()
      .default('metadata')
      .describe('Name of the cluster, and of its folder among the backups; another one makes a new cluster'),
    restore: z
      .strictObject({
        from: cluster().describe('Cluster whose backups the new one is made of'),
        until: z.iso
          .datetime({ offset: true, error: 'is no time; write one such as "2026-03-01T12:00:00Z"' })
          .optional()
          .describe('Time up to which its changes are taken. Default: the last that was archived'),
      })
      .optional()
      .describe('Makes the cluster of the backups of another one; of no effect once it is there'),
    instances: z
      .strictObject({
        count: z
          .int()
          .min(1, { error: 'must be at least 1; write 3, so that one can be lost while another is away' })
          .default(3)
          .describe('How many: one writes, the others follow'),
        cpu: cpu().default('500m').describe('CPU of each in cores'),
        memory: bytes().default('1536Mi').describe('Memory of each; a quarter of it is for shared buffers'),
        storage: bytes().default('20Gi').describe('Volume of each; it can grow and never shrink'),
      })
      .prefault({})
      .describe('Servers that each hold all data'),
    connections: z
      .int()
      .positive()
      .default(300)
      .describe('Connections that an instance takes at most; a change restarts all instances'),
    poolers: z
      .strictObject({
        count: z.int().positive().default(2).describe('How many'),
        cpu: cpu().default('100m').describe('CPU of each in cores'),
        memory: bytes().default('128Mi').describe('Memory of each'),
      })
      .prefault({})
      .describe('PgBouncer, which lends connections for a transaction'),
    backup: z
      .strictObject({
        schedule: z
          .string()
          .regex(CRON, { error: 'is no schedule; write five fields, such as "0 2 * * *"' })
          .default('0 2 * * *')
          .describe('When a full backup is made: cron, in UTC; changes are archived all the time'),
        retentionDays: z
          .int()
          .positive()
          .default(30)
          .describe('Days back to which the cluster can be restored'),
      })
      .prefault({})
      .describe('Backups in the object store'),
  })
  .refine(({ cluster, restore }) => restore?.from !== cluster, {
    path: ['restore', 'from'],
    error:
      'is the cluster itself, and backups of two would be mixed; write another name for `cluster`, such as "metadata-2"',
  });

export type Settings = z.output<typeof settings>;
