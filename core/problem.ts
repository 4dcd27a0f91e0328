import { inspect } from 'node:util';

/** One thing that is wrong with an overlay or with what it renders, told so that a user can mend it. */
export interface Problem {
  /** Site, which is the overlay's file name without its ending. */
  readonly site?: string | undefined;
  readonly component?: string | undefined;
  /** Path of the setting as {@link fieldPath} writes it, or «Kind namespace/name path» of a rendered object. */
  readonly field?: string | undefined;
  /** The value as found; left out where nothing was found. */
  readonly found?: unknown;
  /** What is wrong, one sentence without a full stop. */
  readonly message: string;
  /** What to do about it, one sentence without a full stop. */
  readonly remedy: string;
}

/** Thrown for everything a user can mend: input that does not validate, rules that do not hold. */
export class InputError extends Error {
  override readonly name = 'InputError';

  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(describeProblem).join('\n'));
  }
}

/** One problem as text: where, what, found, remedy; two or three lines. */
export function describeProblem(problem: Problem): string {
  const where = [problem.site, problem.component, problem.field].filter((part) => part !== undefined);
  const found = problem.found === undefined ? [] : [`  found:  ${showValue(problem.found)}`];
  return [`${where.join(' › ')}: ${problem.message}`, ...found, `  remedy: ${problem.remedy}`].join('\n');
}

/** The path of a setting as TypeScript writes it: `teams[1].quota.cpu`, `mirrors["quay.io"]`. */
export const fieldPath = (path: readonly PropertyKey[]): string =>
  path
    .map((key, index) => {
      if (typeof key === 'number') return `[${key}]`;
      const name = String(key);
      if (!/^[\w$-]+$/.test(name)) return `[${JSON.stringify(name)}]`;
      return index === 0 ? name : `.${name}`;
    })
    .join('');

function showValue(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : inspect(value, SHORT);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

/** Values as TypeScript writes them, on one line. */
const SHORT = { depth: 2, breakLength: Number.POSITIVE_INFINITY, maxArrayLength: 10, maxStringLength: 80 };
