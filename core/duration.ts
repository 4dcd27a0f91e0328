import { z } from 'zod';

/** Setting: a duration as Go writes it, in hours and minutes such as `1h`, `90m` or `720h`. */
export const duration = () =>
  z.string().regex(/^([1-9]\d*h)?([1-9]\d*m)?$(?<=[hm])/, {
    error: 'is no duration; write hours and minutes, such as "1h" or "1h30m"',
  });
