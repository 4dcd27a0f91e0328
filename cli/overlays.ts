import fs from 'node:fs';
import path from 'node:path';
import { InputError, type Problem } from '../core/problem';
import { hint } from '../core/suggest';
import { unreadable } from './unreadable';

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
      const message = 'there is no such site';
      return { site: name, field: `overlays/${name}.ts`, found: name, message, remedy: hint(name, known) };
    });
  if (problems.length > 0) throw new InputError(problems);
  return asked.length > 0 ? [...new Set(asked)] : known;
}

/**
 * What the overlay of a site exports.
 * @throws InputError where the file cannot be run
 */
export function loadOverlay(root: string, site: string, load: Load): unknown {
  // Lines of an overlay shall be those of its source; nothing else is loaded from here on.
  process.setSourceMapsEnabled(true);
  try {
    const exported = load(path.join(root, `overlays/${site}.ts`));
    return typeof exported === 'object' && exported !== null && 'default' in exported
      ? exported.default
      : undefined;
  } catch (error) {
    throw unreadable(root, site, error);
  }
}
