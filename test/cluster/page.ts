import fs from 'node:fs';
import path from 'node:path';
import { program } from '../../program';
import { markdownTable } from './markdown';
import { type Cell, COLUMNS, type Column, columns, type ProofRecord } from './record';

const PAGE = path.join(program.root, 'docs/proof.md');

const MARKS = {
  table: ['<!-- made by npm run prove: table -->', '<!-- end of table -->'],
  figures: ['<!-- made by npm run prove: figures -->', '<!-- end of figures -->'],
} as const;

export const readPage = (): string => fs.readFileSync(PAGE, 'utf8');

/** Makes the page's parts anew that are made of the record. */
export const writePage = (known: ProofRecord): void => fs.writeFileSync(PAGE, pageOf(known, readPage()));

/** The page with its made parts replaced; the rest is prose. */
export function pageOf(known: ProofRecord, page: string): string {
  return between(between(page, MARKS.table, tableOf(known)), MARKS.figures, figuresOf(known));
}

function between(page: string, [start, end]: readonly [string, string], text: string): string {
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/proof.md must hold the lines ${start} and ${end}`);
  return `${page.slice(0, from)}${start}\n\n${text}\n\n${page.slice(to)}`;
}

/** What the sites together say of a component in a column: the worst, with a reason where not all say the same. */
export function cellOf({ sites }: ProofRecord, component: string, column: Column): Cell | undefined {
  const found = Object.entries(sites).flatMap(([site, components]) => {
    const cell = components[component]?.cells[column];
    return cell ? [{ site, ...cell }] : [];
  });
  const by = (state: Cell['state']) => found.filter((each) => each.state === state);
  const [failed, proven, open] = [by('failed'), by('proven'), by('not provable here')];
  const reasons = (cells: typeof found, all: number) => {
    const texts = [...new Set(cells.map(({ why }) => why ?? ''))];
    return texts
      .map((why) => {
        const those = cells.filter((each) => (each.why ?? '') === why).map(({ site }) => site);
        return those.length === all ? why : `${those.join(', ')}: ${why}`;
      })
      .join('; ');
  };
  if (failed.length > 0) return { state: 'failed', why: reasons(failed, found.length) };
  if (proven.length === 0) {
    return open.length > 0 ? { state: 'not provable here', why: reasons(open, found.length) } : undefined;
  }
  return open.length > 0 ? { state: 'proven', why: reasons(open, found.length) } : { state: 'proven' };
}

const SIGNS = { proven: 'proven', failed: '**failed**', 'not provable here': '—' } as const;

function tableOf(known: ProofRecord): string {
  const components = [...new Set(Object.values(known.sites).flatMap(Object.keys))].sort();
  const reasons: string[] = [];
  const rows = components.map((component) => [
    component,
    ...columns().map((column) => {
      const found = cellOf(known, component, column);
      if (!found) return 'not run';
      if (!found.why) return SIGNS[found.state];
      if (!reasons.includes(found.why)) reasons.push(found.why);
      return `${SIGNS[found.state]} ${reasons.indexOf(found.why) + 1}`;
    }),
  ]);
  const notes = reasons.map((why, at) => `${at + 1}. ${why}`);
  const legend =
    '«—» is not provable here; numbers are the reasons, for all sites or for those that they name.';
  const table = markdownTable(['component', ...Object.values(COLUMNS)], rows);
  return [table, ...(notes.length > 0 ? ['', legend, '', ...notes] : [])].join('\n');
}

const figuresOf = ({ figures }: ProofRecord): string =>
  Object.entries(figures)
    .flatMap(([proof, lines]) => lines.map((line) => `- ${proof}: ${line}`))
    .join('\n') || 'none yet';
