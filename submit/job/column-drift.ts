import { matchColumns } from '../../mapper/records/match-columns.js';
import { isAlike } from '../config/nearest.js';

/** A column and its 0-based place in a header. */
interface PlacedColumn {
  readonly name: string;
  readonly index: number;
}

/** How a header differs from the planned columns. JSON. */
export interface ColumnDrift {
  /** Planned columns that the header lacks. */
  readonly missing: readonly PlacedColumn[];
  /** Columns of the header that are not planned. */
  readonly added: readonly PlacedColumn[];
  /** A missing column and a new one that are probably the same. Both are in neither of the lists above. */
  readonly renamed: readonly { readonly from: PlacedColumn; readonly to: PlacedColumn }[];
  /** Columns that stand at another place among those that both have; as few as explain the order. */
  readonly moved: readonly { readonly name: string; readonly from: number; readonly to: number }[];
}

const NO_DRIFT: ColumnDrift = { missing: [], added: [], renamed: [], moved: [] };

/** For more pairs than this, only the place of a column tells whether it was renamed. */
const MAX_PAIRS_COMPARED = 10_000;

/**
 * Planned names and those of a header → how they differ. Of equal names the first belongs to the first. `isLoose`: neither
 * case nor spaces around names matter. Pure.
 */
export function driftOf(planned: readonly string[], found: readonly string[], isLoose = false): ColumnDrift {
  const places = matchColumns(planned, found, isLoose);
  if (planned.length === found.length && places.every((place, index) => place === index)) return NO_DRIFT;
  const taken = new Set(places);
  const missing = planned.flatMap((name, index) => (places[index] === -1 ? [{ name, index }] : []));
  const added = found.flatMap((name, index) => (taken.has(index) ? [] : [{ name, index }]));
  const common = places.flatMap((to, from) => (to === -1 ? [] : [{ name: planned[from] ?? '', from, to }]));
  const kept = longestRise(common.map(({ to }) => to));
  const moved = common.filter((_column, at) => !kept.has(at));
  const renamed = pairRenamed(missing, added, places);
  const isRenamed = new Set(renamed.flatMap(({ from, to }) => [from, to]));
  return {
    missing: missing.filter((column) => !isRenamed.has(column)),
    added: added.filter((column) => !isRenamed.has(column)),
    renamed,
    moved,
  };
}

function pairRenamed(
  missing: readonly PlacedColumn[],
  added: readonly PlacedColumn[],
  places: readonly number[],
): ColumnDrift['renamed'] {
  const pairs: { from: PlacedColumn; to: PlacedColumn }[] = [];
  const left = new Set(added);
  const comparesNames = missing.length * added.length <= MAX_PAIRS_COMPARED;
  for (const from of missing) {
    const alike = comparesNames ? [...left].filter(({ name }) => isAlike(from.name, name)) : [];
    // The place alone tells it where exactly one column stands between the same neighbours.
    const before = from.index === 0 ? -1 : (places[from.index - 1] ?? -1);
    const after = places[from.index + 1];
    const isBetween = from.index === 0 || before !== -1;
    const inPlace = [...left].find(({ index }) => isBetween && index === before + 1);
    const isAlone = after === undefined || after === before + 2;
    const to = alike.length === 1 ? alike[0] : isAlone ? inPlace : undefined;
    if (to === undefined) continue;
    pairs.push({ from, to });
    left.delete(to);
  }
  return pairs;
}

/** The positions of a longest rising subsequence of different numbers. */
function longestRise(numbers: readonly number[]): ReadonlySet<number> {
  /** For each length, the position of the smallest number that ends a rise of that length. */
  const ends: number[] = [];
  const previous: number[] = [];
  for (const [at, number] of numbers.entries()) {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((numbers[ends[middle] ?? 0] ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    previous.push(low === 0 ? -1 : (ends[low - 1] ?? -1));
    ends[low] = at;
  }
  const rise = new Set<number>();
  for (let at = ends.at(-1) ?? -1; at >= 0; at = previous[at] ?? -1) rise.add(at);
  return rise;
}
