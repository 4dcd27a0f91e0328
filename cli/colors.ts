import { createColors } from 'picocolors';

/** Colours where a person sees them: on a terminal that has them, unless NO_COLOR is set (https://no-color.org). */
const wanted = ({ isTTY }: NodeJS.WriteStream): boolean =>
  Boolean(isTTY) && !process.env.NO_COLOR && process.env.TERM !== 'dumb';

/** Colours of standard output. */
export const colors = createColors(wanted(process.stdout));

/** Colours of standard error. */
export const errorColors = createColors(wanted(process.stderr));
