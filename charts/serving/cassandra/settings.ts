import { z } from 'zod';
import { bytes, cpu } from '../../../core/quantity';

export const settings = z.strictObject({
  serversPerRack: z
    .int()
    .positive()
    .default(1)
    .describe('Servers in each of the three racks; a rack has one copy of all data'),
  server: z
    .strictObject({
      cpu: cpu().default('1').describe('CPU of each in cores'),
      memory: bytes().default('4Gi').describe('Memory of each; half of it is heap'),
      storage: bytes()
        .default('20Gi')
        .describe('Volume of each; half of it must stay free for compaction. It can grow and never shrink'),
    })
    .prefault({})
    .describe('A server'),
  backup: z
    .strictObject({
      hour: z.int().min(0).max(23).default(2).describe('Hour in UTC at which a backup is taken each day'),
      retentionDays: z.int().positive().default(14).describe('Days for which backups are kept'),
    })
    .prefault({})
    .describe('Backups in the object store'),
  example: z.boolean().default(true).describe('Whether the tables of the example are made'),
});

export type Settings = z.output<typeof settings>;
