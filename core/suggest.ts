import { distance } from 'fastest-levenshtein';

/** Letters of a word in a fixed order: two words with letters swapped have the same. */
const letters = (word: string): string => [...word].sort().join('');

/** «did you mean "x"?» for the known name that is nearest to a misspelt one; undefined where none is near. */
export function didYouMean(found: string, known: readonly string[]): string | undefined {
  const ranked = known.map((name) => {
    // Two letters that changed places are one slip of the pen, not two.
    const swapped = letters(name) === letters(found) ? 1 : 0;
    return { name, slips: distance(found, name) - swapped };
  });
  const [nearest] = ranked.sort((a, b) => a.slips - b.slips);
  // Half the letters wrong is no longer a slip of the pen.
  return nearest && nearest.slips <= Math.max(2, Math.floor(nearest.name.length / 2))
    ? nearest.name
    : undefined;
}

/** What to write instead of an unknown name: the nearest known one, or else all. */
export function hint(found: string, known: readonly string[]): string {
  const near = didYouMean(found, known);
  if (near) return `did you mean "${near}"?`;
  return known.length > 0 ? `write one of: ${known.join(', ')}` : 'remove it';
}
