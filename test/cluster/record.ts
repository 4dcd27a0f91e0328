import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { program } from '../../program';

/** What is asked of every component, with the headings of the table, in its order. */
export const COLUMNS = {
  accepted: 'accepted',
  synced: 'synced',
  placed: 'placed',
  controller: 'controller run',
  configuration: 'configuration read',
  used: 'used end to end',
} as const;

export type Column = keyof typeof COLUMNS;

/** Object.keys forgets that keys are columns. */
export const columns = (): Column[] => Object.keys(COLUMNS) as Column[];

const cell = z.strictObject({
  state: z.enum(['proven', 'failed', 'not provable here']),
  /** Why it is not provable, or what failed. */
  why: z.string().optional(),
});

const entry = z.strictObject({
  /** Of the files that were judged; see {@link digestOf}. */
  digest: z.string(),
  cells: z.partialRecord(z.enum(columns()), cell),
});

const record = z.strictObject({
  /** By site and component. */
  sites: z.record(z.string(), z.record(z.string(), entry)),
  /** Lines of figures by the proof that measured them. */
  figures: z.record(z.string(), z.array(z.string())),
});

export type Cell = z.output<typeof cell>;
export type ProofRecord = z.output<typeof record>;

const FILE = path.join(program.root, 'docs/proof.json');
const DIST = path.join(program.root, 'dist');

/** What earlier runs have found out. */
export const readRecord = (): ProofRecord =>
  fs.existsSync(FILE) ? record.parse(JSON.parse(fs.readFileSync(FILE, 'utf8'))) : { sites: {}, figures: {} };

export const writeRecord = (known: ProofRecord): void =>
  fs.writeFileSync(FILE, `${JSON.stringify(known, null, 2)}\n`);

/** Names of components by site, as dist has them. */
export const componentsOfDist = (): Map<string, readonly string[]> =>
  new Map(
    fs
      .readdirSync(DIST)
      .sort()
      .map((site) => [site, fs.readdirSync(path.join(DIST, site)).sort()]),
  );

/** Digest of all files of a component of a site. */
export function digestOf(site: string, component: string): string {
  const folder = path.join(DIST, site, component);
  const digest = createHash('sha256');
  for (const file of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const whole = path.join(folder, file);
    if (fs.statSync(whole).isFile()) digest.update(`${file}\0`).update(fs.readFileSync(whole));
  }
  return digest.digest('hex').slice(0, 12);
}

/** Columns that a proof fills, and the sites for which it must have. */
export interface Duty {
  readonly columns: readonly Column[];
  readonly sites: 'every' | 'fullest';
}

/**
 * Everything in the record that is not true of dist as it is now, and what is missing of the proofs for every site;
 * what the others have not seen stands in the table as not run.
 */
export function outdated({ sites }: ProofRecord, duties: readonly Duty[]): string[] {
  const dist = componentsOfDist();
  const gone = Object.entries(sites).flatMap(([site, components]) =>
    Object.keys(components)
      .filter((component) => !dist.get(site)?.includes(component))
      .map((component) => `${site} › ${component} is not in dist`),
  );
  const changed = [...dist].flatMap(([site, components]) =>
    components
      .filter((component) => sites[site]?.[component]?.digest !== digestOf(site, component))
      .map((component) => `${site} › ${component} was not judged as it is now`),
  );
  const due = duties.filter((duty) => duty.sites === 'every').flatMap((duty) => duty.columns);
  const missing = [...dist].flatMap(([site, components]) =>
    components.flatMap((component) =>
      due
        .filter((column) => !sites[site]?.[component]?.cells[column])
        .map((column) => `${site} › ${component}: ${COLUMNS[column]} was not run`),
    ),
  );
  return [...gone, ...changed, ...missing];
}
