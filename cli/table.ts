import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';

/** What {@link table} may do beside listing. */
export interface TableOptions {
  /** Headings of columns that are aligned right. Default: none. */
  readonly right?: readonly string[];
  /** Characters of a line; the widest column is wrapped to fit. Default: that of the terminal, or no limit. */
  readonly width?: number | undefined;
}

/** Between two columns. */
const GAP = '  ';

/** A column narrower than this is harder to read than a line that the terminal breaks. */
const NARROWEST = 20;

/** A table for terminals and for pipes: headings and rows of text. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { right = [], width = process.stdout.columns }: TableOptions = {},
): string {
  const made = new Table({
    head: [...head],
    colAligns: head.map((name) => (right.includes(name) ? 'right' : 'left')),
    colWidths: widthsFor(head, rows, width),
    wordWrap: true,
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
    chars: { ...Object.fromEntries(BORDERS.map((side) => [side, ''])), mid: '', middle: GAP },
  });
  made.push(...rows.map((row) => [...row]));
  return made
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Widths of columns: that of their text, of which the widest column gives what is too much. */
function widthsFor(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width = Infinity,
): number[] {
  const widths = head.map((name, column) =>
    Math.max(...[name, ...rows.map((row) => row[column] ?? '')].map(widthOf)),
  );
  const all = widths.reduce((sum, each) => sum + each, GAP.length * (widths.length - 1));
  const widest = Math.max(...widths);
  const left = Math.max(widest - Math.max(all - width, 0), NARROWEST);
  widths[widths.indexOf(widest)] = Math.min(widest, left);
  return widths;
}

const widthOf = (text: string): number => stripVTControlCharacters(text).length;

const BORDERS = [
  'top',
  'top-mid',
  'top-left',
  'top-right',
  'bottom',
  'bottom-mid',
  'bottom-left',
  'bottom-right',
  'left',
  'left-mid',
  'mid-mid',
  'right',
  'right-mid',
] as const;
