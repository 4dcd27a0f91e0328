import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { program } from '../../program';

/** Columns of the table, in its order, with their headings. */
export const COLUMNS = {
  accepted: 'accepted',
  synced: 'synced',
  placed: 'placed',
  controller: 'controller run',
  configuration: 'configuration read',
  used: 'used end to end',
} as const;

export type Column = keyof typeof COLUMNS;

const cell = z.strictObject({
  /** What dist held of the component when it was judged; see {@link digestOf}. */
  digest: z.string(),
  state: z.enum(['proven', 'failed', 'not provable here']),
  /** Sites for which it was judged. */
  sites: z.array(z.string()),
  /** Why it is not provable, or what failed. */
  why: z.string().optional(),
});

const record = z.strictObject({
  components: z.record(z.string(), z.partialRecord(z.enum(Object.keys(COLUMNS) as [Column]), cell)),
  /** Lines of figures by the proof that measured them. */
  figures: z.record(z.string(), z.array(z.string())),
});

export type Cell = z.output<typeof cell>;
export type ProofRecord = z.output<typeof record>;

const FILE = path.join(program.root, 'docs/proof.json');
const PAGE = path.join(program.root, 'docs/proof.md');

const MARKS = {
  table: ['<!-- made by npm run prove: table -->', '<!-- end of table -->'],
  figures: ['<!-- made by npm run prove: figures -->', '<!-- end of figures -->'],
} as const;

/** What earlier runs have found out. */
export const readRecord = (): ProofRecord =>
  fs.existsSync(FILE)
    ? record.parse(JSON.parse(fs.readFileSync(FILE, 'utf8')))
    : { components: {}, figures: {} };

/** Writes what is known, and the page's parts that are made of it. */
export function writeRecord(known: ProofRecord): void {
  fs.writeFileSync(FILE, `${JSON.stringify(known, null, 2)}\n`);
  fs.writeFileSync(PAGE, pageOf(known, readPage()));
}

export const readPage = (): string => fs.readFileSync(PAGE, 'utf8');

/** The page with its made parts replaced; the rest is prose. */
export function pageOf(known: ProofRecord, page: string): string {
  return between(between(page, MARKS.table, tableOf(known)), MARKS.figures, figuresOf(known));
}

function between(page: string, [start, end]: readonly [string, string], text: string): string {
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/proof.md must hold the lines ${start} and ${end}`);
  return `${page.slice(0, from)}${start}\n\n${text}\n\n${page.slice(to)}`;
}

function tableOf({ components }: ProofRecord): string {
  const reasons: string[] = [];
  const rows = componentsOfDist().map((component) => {
    const cells = columns().map((column) => {
      const found = components[component]?.[column];
      if (!found) return 'not run';
      if (found.why === undefined) return found.state;
      if (!reasons.includes(found.why)) reasons.push(found.why);
      return `${found.state === 'failed' ? '**failed**' : '—'} ${reasons.indexOf(found.why) + 1}`;
    });
    return [component, ...cells];
  });
  const notes = reasons.map((why, at) => `${at + 1}. ${why}`);
  const legend = '— with a number: not provable here, for this reason.';
  return [
    markdownTable(['component', ...Object.values(COLUMNS)], rows),
    ...(notes.length > 0 ? ['', legend, '', ...notes] : []),
  ].join('\n');
}

/** Object.keys forgets that keys are columns. */
export const columns = (): Column[] => Object.keys(COLUMNS) as Column[];

const figuresOf = ({ figures }: ProofRecord): string =>
  Object.entries(figures)
    .flatMap(([proof, lines]) => lines.map((line) => `- ${proof}: ${line}`))
    .join('\n') || 'none yet';

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((text, at) => text.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** Components that any site has in dist, in alphabetical order. */
export function componentsOfDist(dist = path.join(program.root, 'dist')): string[] {
  const names = fs.readdirSync(dist).flatMap((site) => fs.readdirSync(path.join(dist, site)));
  return [...new Set(names)].sort();
}

/** Digest of all files of a component, over all sites. */
export function digestOf(component: string, dist = path.join(program.root, 'dist')): string {
  const digest = createHash('sha256');
  for (const site of fs.readdirSync(dist).sort()) {
    const folder = path.join(dist, site, component);
    if (!fs.existsSync(folder)) continue;
    for (const file of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
      const text = path.join(folder, file);
      if (fs.statSync(text).isFile()) digest.update(`${site}/${file}\0`).update(fs.readFileSync(text));
    }
  }
  return digest.digest('hex').slice(0, 12);
}

/** Everything in the record that is not true of dist as it is now. */
export function outdated({ components }: ProofRecord): string[] {
  const inDist = componentsOfDist();
  const gone = Object.keys(components).filter((name) => !inDist.includes(name));
  return [
    ...gone.map((name) => `${name} is no component any more`),
    ...inDist.flatMap((name) => {
      const digest = digestOf(name);
      const cells = components[name] ?? {};
      return columns()
        .filter((column) => cells[column]?.digest !== digest)
        .map(
          (column) =>
            `${name}: ${COLUMNS[column]} was ${cells[column] ? 'judged for another dist' : 'not run'}`,
        );
    }),
  ];
}
