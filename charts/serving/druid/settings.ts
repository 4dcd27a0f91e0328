import { z } from 'zod';
import { bytes, cpu } from '../../../core/quantity';
import { scale } from '../../../core/scale';

const size = (cpus: string, memory: string) => ({
  cpu: cpu().default(cpus).describe('CPU of each in cores'),
  memory: bytes().default(memory).describe('Memory of each; half of it is heap'),
});

export const settings = z.strictObject({
  masters: z
    .strictObject(size('500m', '1536Mi'))
    .prefault({})
    .describe('Two that know where segments are and start tasks: one leads, the other takes over'),
  brokers: z
    .strictObject({
      count: scale().default({ min: 2, typical: 2, max: 4 }).describe('How many'),
      ...size('500m', '2Gi'),
    })
    .refine(({ count }) => count.min > 0, {
      path: ['count', 'min'],
      error: 'is 0, and nobody would answer; write at least 1',
    })
    .prefault({})
    .describe('What takes queries, asks whoever has the data, and puts answers together'),
  historicals: z
    .strictObject({
      count: z
        .int()
        .min(2, { error: 'is too few: two copies of a segment are never on one; write 2 or more' })
        .default(2)
        .describe('How many; each has a part of all segments on its volume'),
      ...size('1', '4Gi'),
      storage: bytes().default('20Gi').describe('Volume of each; it can grow and never shrink'),
    })
    .prefault({})
    .describe('What answers for segments'),
  routers: z
    .strictObject(size('100m', '512Mi'))
    .prefault({})
    .describe('Two that hand requests on: one address for queries, loads and the console'),
  tasks: z
    .strictObject({
      count: scale().default({ min: 0, typical: 2, max: 6 }).describe('How many run at once'),
      ...size('1', '3Gi'),
    })
    .prefault({})
    .describe('Jobs on spot nodes that load topics and files, and compact segments'),
  retentionDays: z
    .int()
    .positive()
    .optional()
    .describe('Days after its time for which a row is kept. Default: as long as the site stands'),
  example: z
    .boolean()
    .default(true)
    .describe('Whether tables of the example are loaded: from the presentation bucket and from a topic'),
});

export type Settings = z.output<typeof settings>;
