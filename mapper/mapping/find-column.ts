import { closest } from 'fastest-levenshtein';
import { type ColumnList, type ColumnUse, excerptOf, MapperFailure } from '../failure.js';

/**
 * The 0-based index of a column that a job names. Throws a MapperFailure if the name is missing or occurs twice, or the
 * index is too high. `usedIn` is what names it, for the message.
 */
export function findColumn(
  column: string | number,
  names: readonly string[] | null,
  usedIn: ColumnUse = 'columns',
): number {
  if (typeof column === 'number') {
    if (names !== null && column >= names.length) {
      throw new MapperFailure('column-index-too-large', {
        usedIn,
        index: column,
        columns: columnList(names),
      });
    }
    return column;
  }
  if (names === null) {
    throw new MapperFailure('column-without-header', { usedIn, column: excerptOf(column) });
  }
  const index = names.indexOf(column);
  if (index < 0) {
    throw new MapperFailure('column-not-in-header', {
      usedIn,
      column: excerptOf(column),
      nearest: excerptOf(nearestName(column, names)),
      columns: columnList(names),
    });
  }
  const lastIndex = names.lastIndexOf(column);
  if (lastIndex !== index) {
    throw new MapperFailure('column-twice-in-header', {
      usedIn,
      column: excerptOf(column),
      firstIndex: index,
      lastIndex,
    });
  }
  return index;
}

/** The column's name, or `[index]` where it has none of its own. */
export function columnLabel(index: number, names: readonly string[] | null): string {
  const name = names?.[index];
  return name === undefined || name === '' || names?.indexOf(name) !== names?.lastIndexOf(name)
    ? `[${index}]`
    : name;
}

/** Number of names that a message lists. */
const MAX_NAMES = 50;

function columnList(names: readonly string[]): ColumnList {
  return { count: names.length, firstNames: names.slice(0, MAX_NAMES).map(excerptOf) };
}

function nearestName(wanted: string, names: readonly string[]): string {
  const compared = names.map(comparable);
  return names[compared.indexOf(closest(comparable(wanted), compared))] ?? '';
}

function comparable(name: string): string {
  return name.slice(0, 100).toLowerCase();
}
