import path from 'node:path';
import { types } from 'node:util';
import { InputError, type Problem } from '../core/problem';

/** What is wrong with an overlay file that cannot be run, told by what it threw. */
export function unreadable(root: string, site: string, thrown: unknown): InputError {
  if (thrown instanceof InputError) {
    return new InputError(thrown.problems.map((problem) => ({ ...problem, site })));
  }
  const file = `overlays/${site}.ts`;
  // Errors of Node.js itself are no instances of this Error where tests run.
  if (!types.isNativeError(thrown)) {
    return new InputError([{ site, field: file, found: thrown, ...THROWS }]);
  }
  const { name, message, stack = '' } = thrown;
  const [what = ''] = message.split('\n');
  if (name === 'SyntaxError') return new InputError([{ site, ...syntaxError(root, file, what) }]);
  if ('code' in thrown && thrown.code === 'MODULE_NOT_FOUND') {
    const found = /'(.*?)'/.exec(what)?.[1];
    const remedy = 'mend the path; where it is a package, run npm ci';
    return new InputError([{ site, field: file, found, message: 'imports what is not there', remedy }]);
  }
  const field = placeIn(root, stack) ?? file;
  return new InputError([{ site, field, found: `${name}: ${what}`, ...THROWS }]);
}

const THROWS = {
  message: 'throws while it is read',
  remedy: 'change the line that throws; an overlay may only compute what it exports',
};

/** The transpiler says «file:line: what», Node.js only what. */
function syntaxError(root: string, file: string, text: string): Problem {
  const [, place, what] = /^(.*?:\d+): (.*)$/.exec(text) ?? [];
  return {
    field: place ? path.relative(root, place) : file,
    found: what ?? text,
    message: 'has a syntax error',
    remedy: 'mend it there; npm run check shows all of them',
  };
}

/** The innermost line of an overlay in a stack, as `overlays/site.ts:line`. */
function placeIn(root: string, stack: string): string | undefined {
  const folder = `${path.join(root, 'overlays')}${path.sep}`;
  const start = stack.indexOf(folder);
  const place = start < 0 ? undefined : /^[^:\n]+:\d+/.exec(stack.slice(start + folder.length))?.[0];
  return place && `overlays/${place}`;
}
