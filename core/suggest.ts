import { closest, distance } from 'fastest-levenshtein';

/** «did you mean "x"?» for the known name that is nearest to a misspelt one; undefined where none is near. */
export function didYouMean(found: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const nearest = closest(found, known);
  // Half the letters wrong is no longer a slip of the pen.
  return distance(found, nearest) <= Math.max(2, Math.floor(nearest.length / 2)) ? nearest : undefined;
}

/** What to write instead of an unknown name: the nearest known one, or else all. */
export function hint(found: string, known: readonly string[]): string {
  const near = didYouMean(found, known);
  if (near) return `did you mean "${near}"?`;
  return known.length > 0 ? `write one of: ${known.join(', ')}` : 'remove it';
}
