import fs from 'node:fs';
import path from 'node:path';
import { InputError, type Problem } from '../core/problem';
import { didYouMean } from '../core/suggest';

/** Runs an overlay file and returns what it exports. */
export type Load = (file: string) => unknown;

/** Names of all sites: the overlay files without their ending, in alphabetical order. */
export function siteNames(root: string): string[] {
  const folder = path.join(root, 'overlays');
  const names = fs.existsSync(folder)
    ? fs
        .readdirSync(folder)
        .flatMap((file) => (/^(?!.*\.d\.ts$)(.+)\.ts$/.exec(file)?.[1] ?? []) as string[] | string)
    : [];
  if (names.length === 0) {
    const remedy = 'write one file a site there, such as onprem.ts';
    throw new InputError([{ field: 'overlays/', message: 'there is no overlay', remedy }]);
  }
  return names.sort();
}

/**
 * The sites that were asked for, or all.
 * @throws InputError for a name without an overlay
 */
export function chosenSites(root: string, asked: readonly string[]): string[] {
  const known = siteNames(root);
  const problems = asked
    .filter((name) => !known.includes(name))
    .map((name): Problem => {
      const near = didYouMean(name, known);
      const remedy = near ? `did you mean "${near}"?` : `there are: ${known.join(', ')}`;
      return { site: name, found: name, message: 'there is no such site', remedy };
    });
  if (problems.length > 0) throw new InputError(problems);
  return asked.length > 0 ? [...new Set(asked)] : known;
}

/**
 * What the overlay of a site exports.
 * @throws InputError where the file cannot be run
 */
export function loadOverlay(root: string, site: string, load: Load): unknown {
  const field = `overlays/${site}.ts`;
  try {
    const exported = load(path.join(root, field));
    return typeof exported === 'object' && exported !== null && 'default' in exported
      ? exported.default
      : undefined;
  } catch (error) {
    if (error instanceof InputError) {
      throw new InputError(error.problems.map((problem) => ({ ...problem, site })));
    }
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    const syntax = name === 'SyntaxError' || /ParseError|Unexpected token/.test(message);
    throw new InputError([
      {
        site,
        field,
        found: message.split('\n')[0],
        message: syntax ? 'has a syntax error' : 'throws while it is read',
        remedy: syntax ? 'mend the line that is named; npm run check shows more' : 'mend what it throws',
      },
    ]);
  }
}
