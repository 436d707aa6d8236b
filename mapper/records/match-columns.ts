/**
 * For each planned column the 0-based index of its column among the names found; -1 if it is missing. Of equal names the
 * first belongs to the first.
 */
export function matchColumns(planned: readonly string[], found: readonly string[]): readonly number[] {
  const places = new Map<string, number[]>();
  for (const [index, name] of found.entries()) {
    const known = places.get(name);
    if (known === undefined) places.set(name, [index]);
    else known.push(index);
  }
  return planned.map((name) => places.get(name)?.shift() ?? -1);
}
