import Table from 'cli-table3';

/** A table for terminals and for pipes: headings and rows of text; columns named in `right` are aligned right. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly string[] = [],
): string {
  const made = new Table({
    head: [...head],
    colAligns: head.map((name) => (right.includes(name) ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
    chars: {
      ...Object.fromEntries(BORDERS.map((side) => [side, ''])),
      mid: '',
      middle: '  ',
    },
  });
  made.push(...rows.map((row) => [...row]));
  return made
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

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
