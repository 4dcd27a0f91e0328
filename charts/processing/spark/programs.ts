import fs from 'node:fs';
import path from 'node:path';
import type { Site } from '../../../core/site';
import { CATALOG } from './tables';

/** The ConfigMap with the platform's own programs, in every namespace of a team, and where drivers find it. */
export const PROGRAMS = { name: 'spark-programs', path: '/opt/lakeport/programs' } as const;

const FILES = ['trips.py', 'stream.py', 'sql.py', 'training.py', 'maintenance.py'] as const;

export type Program = (typeof FILES)[number];

/** The URI by which a job names a program. */
export const programUri = (program: Program): string => `local://${PROGRAMS.path}/${program}`;

/** Programs by file name, read from disk. */
export const readPrograms = (): Record<string, string> =>
  Object.fromEntries(
    FILES.map((file) => [file, fs.readFileSync(path.join(__dirname, 'examples', file), 'utf8')]),
  );

/**
 * Arguments of trips.py for one layer, or for all.
 * @param folder where each bucket has it, `medallion/trips`, which also names its Iceberg table: `lake.medallion.trips`
 */
export const tripsArguments = (site: Site, folder: string, layer: string): string[] => [
  `--layer=${layer}`,
  ...(['raw', 'curated', 'presentation'] as const).map((each) => `--${each}=${site.uri(each, folder)}`),
  `--iceberg=${[CATALOG, ...folder.split('/')].join('.').replaceAll('-', '_')}`,
];
