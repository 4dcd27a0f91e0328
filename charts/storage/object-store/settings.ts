import { z } from 'zod';
import { bytes, cpu } from '../../../core/quantity';
import { scale } from '../../../core/scale';

const members = (cpus: string, memory: string, storage: string) => ({
  cpu: cpu().default(cpus).describe('CPU of each in cores'),
  memory: bytes().default(memory).describe('Memory of each'),
  storage: bytes().default(storage).describe('Volume of each; it can grow and never shrink'),
});

const store = z
  .strictObject({
    copies: z
      .union([z.literal(2), z.literal(3)])
      .default(2)
      .describe('How many volume servers hold each object; new objects only'),
    volumes: z
      .strictObject({
        count: z.int().min(3, { error: 'must be at least 3' }).default(3).describe('How many'),
        ...members('500m', '2Gi', '200Gi'),
      })
      .prefault({})
      .describe('Servers that keep the objects'),
    metadata: z
      .strictObject(members('500m', '4Gi', '20Gi'))
      .prefault({})
      .describe('The three servers that keep names and places of objects'),
    gateways: scale().default({ min: 2, typical: 2, max: 6 }).describe('What clients speak S3 with'),
  })
  .refine(({ copies, volumes }) => volumes.count > copies, {
    path: ['copies'],
    error:
      'wants more volume servers than copies, else nothing could be written while one is away; raise store.volumes.count above it, or write 2',
  });

export const settings = z.strictObject({
  store: store
    .optional()
    .describe(
      'The store inside the cluster, where the site has one; by default three servers that hold each object twice',
    ),
});

export type Settings = z.output<typeof settings>;
export type StoreSettings = z.output<typeof store>;

/** The store where the overlay says nothing of it. */
export const DEFAULT_STORE: StoreSettings = store.parse({});
