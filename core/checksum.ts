import { createHash } from 'node:crypto';

/** A short text that changes with what a program reads only when it starts; 16 hexadecimal digits. */
export const checksum = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 16);
