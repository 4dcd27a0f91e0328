import fs from 'node:fs';
import path from 'node:path';

/** A file of this folder. */
export const readScript = (name: string): string => fs.readFileSync(path.join(__dirname, name), 'utf8');
