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

/** Whether two names differ by case, spaces and punctuation, or by a slip or two. */
export function isAlike(one: string, other: string): boolean {
  const [a, b] = [one, other].map((name) => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, ''));
  if (a === undefined || b === undefined || a === '' || b === '') return false;
  return a === b || distance(a, b) <= Math.min(2, Math.floor(Math.min(a.length, b.length) / 4));
}
