import fs from 'node:fs';
import path from 'node:path';
import { program } from '../../program';
import { markdownTable } from './markdown';
import { COLUMNS, columns, type ProofRecord } from './record';

const README = path.join(program.root, 'README.md');

export const readReadme = (): string => fs.readFileSync(README, 'utf8');

/** Makes the last column of its table of components anew. */
export const writeReadme = (known: ProofRecord): void =>
  fs.writeFileSync(README, readmeOf(known, readReadme()));

/** The README with what is proven of each component on any site; the rest is prose. */
export function readmeOf(known: ProofRecord, readme: string): string {
  const lines = readme.split('\n');
  const first = lines.findIndex((line) => line.startsWith('| component '));
  if (first < 0) throw new Error('README.md must have a table whose first heading is "component"');
  const length = lines.slice(first).findIndex((line) => !line.startsWith('|'));
  const [head = [], , ...rows] = lines
    .slice(first, first + length)
    .map((line) => line.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));
  const made = rows.map((cells) => [
    ...cells.slice(0, -1),
    provenOf(known, (cells[0] ?? '').replaceAll('`', '')),
  ]);
  lines.splice(first, length, markdownTable(head, made));
  return lines.join('\n');
}

/** Headings of the columns in which a component is proven on any site. */
const provenOf = ({ sites }: ProofRecord, component: string): string =>
  columns()
    .filter((column) =>
      Object.values(sites).some((components) => components[component]?.cells[column]?.state === 'proven'),
    )
    .map((column) => COLUMNS[column])
    .join(', ');
