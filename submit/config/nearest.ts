import { closest, distance } from 'fastest-levenshtein';

/** The candidate that was most likely meant; undefined when none is close. A difference in case is always close. */
export function nearest(given: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined;
  const lowered = given.toLowerCase();
  const sameButForCase = candidates.find((candidate) => candidate.toLowerCase() === lowered);
  if (sameButForCase !== undefined) return sameButForCase;
  const best = closest(given, [...candidates]);
  return distance(given, best) <= Math.max(2, Math.floor(given.length / 3)) ? best : undefined;
}
