import { z } from 'zod';

/** How many of something run: when idle, at the working load and at most. */
export interface Scale {
  readonly min: number;
  readonly typical: number;
  readonly max: number;
  /** Why it does not move, where it does not. */
  readonly reason?: string;
}

/**
 * A scale that does not move.
 * @param reason why more would not help and fewer would not do, such as «one leads, the other takes over»
 */
export const fixed = (count: number, reason: string): Scale => ({
  min: count,
  typical: count,
  max: count,
  reason,
});

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
