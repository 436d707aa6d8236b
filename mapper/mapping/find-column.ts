import { type ColumnList, type ColumnUse, excerptOf, MapperFailure } from '../failure.js';
import { nearestText } from '../nearest-text.js';
import { nameInHeader } from '../records/loose-names.js';

/**
 * The 0-based index of a column that a job names. Throws a MapperFailure if the name is missing or occurs twice, or the
 * index is too high. `usedIn` is what names it, for the message.
 */
export type FindColumn = (column: string | number, usedIn: ColumnUse) => number;

/** How the names of a job mean columns of the data. */
export interface NamesMeant {
  /** Neither case nor spaces around matter. */
  readonly isLoose?: boolean;
  /** The names in the order that the mapper was built for, where the data have them in another one: an index goes with its name. */
  readonly builtFor?: readonly string[];
}

/** Finds columns of data with these names, null where they are not known. */
export function columnFinder(
  names: readonly string[] | null,
  { isLoose = false, builtFor = [] }: NamesMeant = {},
): FindColumn {
  return (column, usedIn) => {
    if (names === null) return findColumn(column, names, usedIn);
    if (typeof column === 'string') {
      return findColumn(isLoose ? nameInHeader(column, names) : column, names, usedIn);
    }
    const name = builtFor[column];
    return name === undefined ? findColumn(column, names, usedIn) : names.indexOf(name);
  };
}

function findColumn(column: string | number, names: readonly string[] | null, usedIn: ColumnUse): number {
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

/** Whether both have the same names, each once, in any order. */
export function haveSameNames(one: readonly string[], other: readonly string[]): boolean {
  const names = new Set(one);
  return one.length === other.length && names.size === one.length && other.every((name) => names.has(name));
}

/** Number of names that a message lists. */
const MAX_NAMES = 50;

/** The names for a failure's details. */
export function columnList(names: readonly string[]): ColumnList {
  return { count: names.length, firstNames: names.slice(0, MAX_NAMES).map(excerptOf) };
}

function nearestName(wanted: string, names: readonly string[]): string {
  const compared = names.map(comparable);
  return names[compared.indexOf(nearestText(comparable(wanted), compared))] ?? '';
}

function comparable(name: string): string {
  return name.slice(0, 100).toLowerCase();
}
