import { closest } from 'fastest-levenshtein';

/** The candidate that needs the fewest edits to become the given text. Compiled when first called (bin/later-modules.mjs). */
export const nearestText = (given: string, candidates: readonly string[]): string =>
  closest(given, [...candidates]);
