import { closest } from 'fastest-levenshtein';
import type { InvalidAction } from '../contract.js';
import type { ColumnDefinition, RecordRule } from '../definition.js';
import { type ColumnList, excerptOf, MapperFailure } from '../failure.js';
import { byteStringOfText } from '../records/byte-string.js';
import { withLfLineEnds } from '../records/csv-writer.js';

/** A column with rules: its position, its name in counters and messages, and its rules. */
export interface LaidOutColumn {
  /** 0-based. */
  readonly index: number;
  readonly label: string;
  readonly rules: readonly LaidOutRule[];
}

/** A rule, and its marker as a byte string ready to be written. */
export interface LaidOutRule {
  readonly name: string;
  readonly rule: RecordRule;
  readonly action: InvalidAction['action'];
  readonly marker: string;
}

/** The columns of the data, as far as they are known. */
export interface ColumnLayout {
  readonly names: readonly string[] | null;
  /** Without names only a lower limit is known. */
  readonly fieldCount: { readonly exactly: number } | { readonly atLeast: number };
  readonly columns: readonly LaidOutColumn[];
}

/**
 * Finds each column with rules. Throws a MapperFailure if a name is missing or occurs twice, an index is too high, or two
 * entries mean the same column.
 */
export function layOutColumns(
  definitions: readonly ColumnDefinition[],
  names: readonly string[] | null,
): ColumnLayout {
  const columns = definitions.map((definition) => {
    const index = findColumn(definition.column, names);
    const rules = definition.rules.map(({ name, rule, onInvalid }) => ({
      name,
      rule,
      action: onInvalid.action,
      marker: onInvalid.action === 'marker' ? byteStringOfText(withLfLineEnds(onInvalid.text)) : '',
    }));
    return { index, label: columnLabel(index, names), rules };
  });
  const seen = new Set<number>();
  for (const { index, label } of columns) {
    if (seen.has(index)) {
      throw new MapperFailure('column-ruled-twice', { column: excerptOf(label) });
    }
    seen.add(index);
  }
  const fieldCount = names === null ? { atLeast: Math.max(0, ...seen) + 1 } : { exactly: names.length };
  return { names, fieldCount, columns };
}

/**
 * The columns of a mapper that was built for `built` names, for data that have the same names in the order of `met`: an
 * index goes with its name.
 */
export function followNames(
  definitions: readonly ColumnDefinition[],
  built: readonly string[],
  met: readonly string[],
): readonly ColumnDefinition[] {
  return definitions.map((definition) => {
    const { column } = definition;
    const name = typeof column === 'number' ? built[column] : undefined;
    return name === undefined ? definition : { ...definition, column: met.indexOf(name) };
  });
}

/** Whether both have the same names, each once, in any order. */
export function haveSameNames(one: readonly string[], other: readonly string[]): boolean {
  const names = new Set(one);
  return one.length === other.length && names.size === one.length && other.every((name) => names.has(name));
}

/** The column's name, or `[index]` where it has none of its own. */
function columnLabel(index: number, names: readonly string[] | null): string {
  const name = names?.[index];
  return name === undefined || name === '' || names?.indexOf(name) !== names?.lastIndexOf(name)
    ? `[${index}]`
    : name;
}

function findColumn(column: string | number, names: readonly string[] | null): number {
  if (typeof column === 'number') {
    if (names !== null && column >= names.length) {
      throw new MapperFailure('column-index-too-large', { index: column, columns: columnList(names) });
    }
    return column;
  }
  if (names === null) {
    throw new MapperFailure('column-without-header', { column: excerptOf(column) });
  }
  const index = names.indexOf(column);
  if (index < 0) {
    throw new MapperFailure('column-not-in-header', {
      column: excerptOf(column),
      nearest: excerptOf(nearestName(column, names)),
      columns: columnList(names),
    });
  }
  const lastIndex = names.lastIndexOf(column);
  if (lastIndex !== index) {
    throw new MapperFailure('column-twice-in-header', {
      column: excerptOf(column),
      firstIndex: index,
      lastIndex,
    });
  }
  return index;
}

/** Number of names that a message lists. */
const MAX_NAMES = 50;

/** The names for a failure's details. */
export function columnList(names: readonly string[]): ColumnList {
  return { count: names.length, firstNames: names.slice(0, MAX_NAMES).map(excerptOf) };
}

function nearestName(wanted: string, names: readonly string[]): string {
  const compared = names.map(comparable);
  return names[compared.indexOf(closest(comparable(wanted), compared))] ?? '';
}

function comparable(name: string): string {
  return name.slice(0, 100).toLowerCase();
}
