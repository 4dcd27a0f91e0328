import { z } from 'zod';

/** How many of something run: when idle, at the working load and at most. */
export interface Scale {
  readonly min: number;
  readonly typical: number;
  readonly max: number;
}

/** A fixed number is a scale that does not move. */
export const fixed = (count: number): Scale => ({ min: count, typical: count, max: count });

/** Setting: a scale, in which min ≤ typical ≤ max. */
export const scale = () =>
  z
    .strictObject({
      min: z.int().nonnegative().describe('when idle'),
      typical: z.int().nonnegative().describe('at the working load'),
      max: z.int().positive().describe('at most'),
    })
    .refine((value) => value.min <= value.typical && value.typical <= value.max, {
      error: 'falls; write min ≤ typical ≤ max',
    });
