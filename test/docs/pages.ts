import fs from 'node:fs';
import path from 'node:path';
import { program } from '../../program';
import { type Connection, layers } from './connections';
import { overviewOf, pictureOf } from './pictures';

const BEGIN = '<!-- Made by npm run docs. -->';
const END = '<!-- The end of what is made. -->';

/** Files of docs/architecture by what their picture shows. */
export const pages: Readonly<Record<string, (connections: readonly Connection[]) => string>> = {
  README: overviewOf,
  ...Object.fromEntries(
    layers.map((layer) => [layer, (connections: readonly Connection[]) => pictureOf(layer, connections)]),
  ),
};

export const fileOf = (page: string): string => path.join(program.root, 'docs/architecture', `${page}.md`);

export const readPage = (page: string): string => fs.readFileSync(fileOf(page), 'utf8');

/**
 * A page with its picture made anew; the rest is prose.
 * @throws Error where the page has no place for it
 */
export function pageWith(picture: string, text: string): string {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`a page must have a line "${BEGIN}" and a line "${END}"`);
  return `${text.slice(0, begin + BEGIN.length)}\n\n${picture}\n\n${text.slice(end)}`;
}
