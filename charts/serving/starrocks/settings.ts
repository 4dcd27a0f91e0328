import { z } from 'zod';
import { bytes, cpu } from '../../../core/quantity';
import { scale } from '../../../core/scale';

export const settings = z.strictObject({
  frontends: z
    .strictObject({
      count: z
        .int()
        .refine((count) => count % 2 === 1, {
          error: 'is even, and a vote of half of them is none; write 3, or 5',
        })
        .default(3)
        .describe('How many: one leads, the others follow; more than half must be there'),
      cpu: cpu().default('500m').describe('CPU of each in cores'),
      memory: bytes().default('3Gi').describe('Memory of each; two thirds of it are heap'),
      storage: bytes().default('20Gi').describe('Volume of each, for metadata; it can grow and never shrink'),
    })
    .prefault({})
    .describe('What clients speak with; they plan queries and keep the metadata'),
  compute: z
    .strictObject({
      nodes: scale().default({ min: 2, typical: 2, max: 6 }).describe('How many'),
      cpu: cpu().default('2').describe('CPU of each in cores'),
      memory: bytes().default('8Gi').describe('Memory of each'),
      cache: bytes()
        .default('50Gi')
        .describe('Disk of the node that each may fill with what was asked for; lost with the node'),
      placement: z
        .enum(['mixed', 'spot-preferred'])
        .optional()
        .describe(
          'Where they run: four of five on spot nodes and one on a regular one, or wherever there is room, spot ' +
            'first, which counts as regular. Default: mixed, where nodes of the cloud have slots',
        ),
    })
    .refine(({ nodes }) => nodes.min > 0, {
      path: ['nodes', 'min'],
      error: 'is 0, and nobody would answer; write at least 1',
    })
    .prefault({})
    .describe('What runs queries; it keeps nothing that is not in the object store'),
  example: z
    .boolean()
    .default(true)
    .describe(
      'Whether tables of the example are made and loaded: from the presentation bucket and from a topic',
    ),
});

export type Settings = z.output<typeof settings>;
