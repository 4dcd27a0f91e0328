/** Plain data. An object's member that is undefined is not written. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

/**
 * Plain data as one YAML document in block style: indented by two blanks, keys in the order of the object, no
 * line with a blank at its end, a line feed at the end of the text. Readers of YAML 1.1 and of 1.2 read the same
 * back. Text of more than one line is a literal block wherever that reads back exactly.
 * @throws TypeError naming the path of what has no YAML: NaN, infinite numbers, functions, symbols, bigints,
 * undefined list items, text with half a surrogate pair, instances of a class, more than 99 levels
 */
export function toYaml(value: JsonValue): string {
  const path: PathStep[] = [];
  try {
    if (typeof value !== 'object' || value === null) return `${inline(value)}\n`;
    const body = collection(value, 0, path);
    return body === '' ? `${emptyOf(value)}\n` : body;
  } catch (error) {
    if (error instanceof Refusal)
      throw new TypeError(`${showPath(path)} cannot be written as YAML: ${error.message}`);
    throw error;
  }
}

type Collection = Extract<JsonValue, object>;
type PathStep = string | number;

/** Thrown inside, where the path is not at hand. */
class Refusal extends Error {}

/** js-yaml by default reads no more, since the scalar is its hundredth level; a circle of references ends here too. */
const MAX_DEPTH = 99;

const INDENTS = Array.from({ length: MAX_DEPTH + 1 }, (_, depth) => '  '.repeat(depth));
const indentOf = (depth: number): string => INDENTS[depth] ?? '  '.repeat(depth);

// Array.isArray does not narrow a readonly array away.
const isList = (value: Collection): value is readonly JsonValue[] => Array.isArray(value);

const emptyOf = (value: Collection): string => (isList(value) ? '[]' : '{}');

/** Lines of a collection, the first one without its indent, so that it can follow a dash; empty for no members. */
function collection(value: Collection, depth: number, path: PathStep[]): string {
  if (depth === MAX_DEPTH) throw new Refusal(`it has more than ${MAX_DEPTH} levels, or contains itself`);
  return isList(value) ? list(value, depth, path) : map(value, depth, path);
}

function list(items: readonly JsonValue[], depth: number, path: PathStep[]): string {
  let text = '';
  for (let index = 0; index < items.length; index++) {
    path[depth] = index;
    // A hole, or an undefined that a cast let in, is refused with the scalars.
    const item = items[index] as JsonValue;
    text += text === '' ? '-' : `${indentOf(depth)}-`;
    if (typeof item === 'object' && item !== null) {
      const body = collection(item, depth + 1, path);
      text += ` ${body === '' ? `${emptyOf(item)}\n` : body}`;
    } else {
      text += ` ${scalar(item, depth)}\n`;
    }
  }
  path.length = depth;
  return text;
}

function map(members: Exclude<Collection, readonly JsonValue[]>, depth: number, path: PathStep[]): string {
  if (!isPlain(members)) throw new Refusal('it is an instance of a class, not plain data');
  let text = '';
  for (const key of Object.keys(members)) {
    const value = members[key];
    if (value === undefined) continue;
    path[depth] = key;
    text += text === '' ? label(key, depth) : indentOf(depth) + label(key, depth);
    if (typeof value === 'object' && value !== null) {
      const body = collection(value, depth + 1, path);
      text += body === '' ? ` ${emptyOf(value)}\n` : `\n${indentOf(depth + 1)}${body}`;
    } else {
      text += ` ${scalar(value, depth)}\n`;
    }
  }
  path.length = depth;
  return text;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  // The second look accepts objects of another realm, such as a vm context.
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Longest key, in characters as written, that YAML allows before its colon on the same line. */
const MAX_SIMPLE_KEY = 1024;

function label(key: string, depth: number): string {
  const written = quoted(key);
  return written.length < MAX_SIMPLE_KEY ? `${written}:` : `? ${written}\n${indentOf(depth)}:`;
}

type Scalar = Exclude<JsonValue, object>;

/** A scalar inside a collection of this depth. */
function scalar(value: Scalar, depth: number): string {
  return typeof value === 'string' && value.includes('\n') && fitsBlock(value)
    ? block(value, indentOf(depth + 1))
    : inline(value);
}

/** A scalar on one line. */
function inline(value: Scalar): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') return number(value);
  if (typeof value === 'boolean' || value === null) return String(value);
  // Beyond the type: what a cast let in.
  throw new Refusal(`it is ${value === undefined ? 'undefined' : `a ${typeof value}`}`);
}

function number(value: number): string {
  if (!Number.isFinite(value)) throw new Refusal(`it is ${value}`);
  // YAML 1.1 reads an exponent only after a point and with a sign; JavaScript always writes the sign.
  return String(value).replace(/^(-?\d+)e/, '$1.0e');
}

/** A boolean or null in YAML 1.1 or 1.2; or e5, which the package yaml takes for a number in 1.1. */
const WORD = /^(?:y|n|yes|no|on|off|true|false|null|-?e[+-]?\d+)$/i;

/**
 * How text begins that no reader takes for a number, a date or an indicator: with a letter and the like, as an
 * option of a command line, or with a digit where a character follows that no number or date has.
 */
const PLAIN_START = /^(?:[a-z_/$(^;\\]|--?[a-z]|\d[\da-fotxz_:.,+\- ]*[^\da-fotxz_:.,+\- ])/i;

/** What ends plain text or is not read alike within it: a key's colon, a comment, blanks at the end, non-ASCII. */
const PLAIN_BREAK = /[^ -~]|:(?: |$)| (?:#|$)/;

const isPlainText = (text: string): boolean =>
  PLAIN_START.test(text) && !PLAIN_BREAK.test(text) && !WORD.test(text);

/** Text on one line: plain where that is safe, else in double quotes. */
const quoted = (text: string): string => (isPlainText(text) ? text : doubleQuoted(text));

/**
 * What a reader of the text would not see, or a reader of YAML refuses or folds: control and format characters,
 * blanks other than the usual one, line separators, half surrogate pairs, U+FFFE, U+FFFF. Joiners stay, because
 * scripts and emoji are written with them.
 */
const INVISIBLE = /(?![ \n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Z}\ufffe\uffff]/gu;

function doubleQuoted(text: string): string {
  if (/\p{Cs}/u.test(text)) throw new Refusal('it has half of a surrogate pair');
  return JSON.stringify(text).replace(INVISIBLE, escapeCharacter);
}

function escapeCharacter(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return hex.length > 4 ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`;
}

/** True where a literal block reads back exactly and no line of it ends with a blank. */
const fitsBlock = (text: string): boolean =>
  !/[ \t](?:\n|$)|^\n+$/.test(text) && text.search(INVISIBLE) === -1;

/** Text of several lines as a literal block, without the line feed that ends it. */
function block(text: string, indent: string): string {
  // A reader takes the indent of the first line that is not empty, unless it is told.
  const told = /^\n*[ \t]/.test(text) ? '2' : '';
  const ended = text.endsWith('\n');
  const chomp = ended ? (text.endsWith('\n\n') ? '+' : '') : '-';
  const lines = `\n${ended ? text.slice(0, -1) : text}`;
  return `|${told}${chomp}${lines.replace(/\n(?!\n|$)/g, `\n${indent}`)}`;
}

/** Steps of a path that are shown; a circle has as many as there are levels. */
const SHOWN_STEPS = 20;

/** `spec.containers[0].args`, `metadata.annotations["example.com/a"]`. */
function showPath(path: readonly PathStep[]): string {
  if (path.length === 0) return 'The value';
  const steps = path.slice(0, SHOWN_STEPS).map(showStep).join('');
  return `${steps.replace(/^\./, '')}${path.length > SHOWN_STEPS ? '…' : ''}`;
}

const showStep = (step: PathStep): string =>
  typeof step === 'string' && /^[a-z_$][\w$-]*$/i.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
