import { looseName } from './header-matcher.js';

/**
 * For each planned column the 0-based index of its column among the names found; -1 if it is missing. Of equal names the
 * first belongs to the first. `isLoose`: neither case nor spaces around names matter.
 */
export function matchColumns(
  planned: readonly string[],
  found: readonly string[],
  isLoose = false,
): readonly number[] {
  const compared = (name: string) => (isLoose ? looseName(name) : name);
  const isSame =
    planned.length === found.length &&
    planned.every((name, index) => compared(name) === compared(found[index] ?? ''));
  // The usual case. Without it, a header of megabytes costs a hundred.
  if (isSame) return planned.map((_name, index) => index);
  const places = new Map<string, number[]>();
  for (const [index, name] of found.entries()) {
    const key = compared(name);
    const known = places.get(key);
    if (known === undefined) places.set(key, [index]);
    else known.push(index);
  }
  return planned.map((name) => places.get(compared(name))?.shift() ?? -1);
}
