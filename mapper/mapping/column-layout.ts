import type { ColumnDefinition, MapperDefinition, RuleDefinition } from '../definition.js';
import { excerptOf, MapperFailure } from '../failure.js';
import { byteStringOfText } from '../records/byte-string.js';
import { withLfLineEnds } from '../records/csv-writer.js';
import type { FieldCount } from './field-count.js';
import { columnFinder, columnLabel, type FindColumn, type NamesMeant } from './find-column.js';
import { type HiddenColumns, hiddenColumnsOf } from './hidden-columns.js';
import type { LaidOutColumn, LaidOutRule } from './laid-out.js';
import { columnsReadFor, layOutOutput, type OutputLayout } from './output-layout.js';
import { type JudgeRecord, layOutWhere } from './where.js';

export type { LaidOutColumn, LaidOutRule, Ruled } from './laid-out.js';

/** The columns of the data, as far as they are known. */
export interface ColumnLayout {
  readonly names: readonly string[] | null;
  readonly fieldCount: FieldCount;
  readonly columns: readonly LaidOutColumn[];
  /** Null: the output has the columns of the data. */
  readonly output: OutputLayout | null;
  readonly hidden: HiddenColumns;
  /** Null: all records stay. */
  readonly where: JudgeRecord | null;
}

/**
 * Finds the columns of a definition in the data. Throws a MapperFailure if a name is missing or occurs twice, an index is
 * too high, or two entries mean the same column.
 */
export function layOutColumns(
  { columns: definitions, output, where }: Pick<MapperDefinition, 'columns' | 'output' | 'where'>,
  names: readonly string[] | null,
  meant: NamesMeant = {},
): ColumnLayout {
  const find = columnFinder(names, meant);
  const found = definitions.map((definition) => layOutColumn(definition, names, find));
  const seen = new Set<number>();
  for (const { index, label } of found) {
    if (seen.has(index)) {
      throw new MapperFailure('column-ruled-twice', { column: excerptOf(label) });
    }
    seen.add(index);
  }
  const foundOutput =
    output.columns === undefined ? null : layOutOutput(output.columns, { names, find, layOutRule });
  const read = [...seen, ...(foundOutput === null ? [] : columnsReadFor(foundOutput))];
  const fieldCount = names === null ? { atLeast: Math.max(-1, ...read) + 1 } : { exactly: names.length };
  const judge = where === undefined ? null : layOutWhere(where, find);
  const hidden = hiddenColumnsOf({ columns: found, output: foundOutput });
  const columns = found.map((column) => ({ ...column, isHidden: hidden.has(column.index) }));
  const outputLayout = foundOutput && {
    ...foundOutput,
    columns: foundOutput.columns.map((column) => ({
      ...column,
      isHidden: (column.computed?.reads ?? [column.from]).some((index) => hidden.has(index ?? -1)),
    })),
  };
  return { names, fieldCount, columns, output: outputLayout, hidden, where: judge };
}

/** The labels under which invalid fields are counted: of columns of the data, then of columns of the output. */
export function ruledLabels({ columns, output }: ColumnLayout): string[] {
  const derived =
    output?.columns.filter(({ rules, computed }) => rules.length > 0 || computed !== undefined) ?? [];
  return [...columns, ...derived].map(({ label }) => label);
}

function layOutColumn(
  { column, rules }: ColumnDefinition,
  names: readonly string[] | null,
  find: FindColumn,
): LaidOutColumn {
  const index = find(column, 'columns');
  return { index, label: columnLabel(index, names), isHidden: false, rules: rules.map(layOutRule) };
}

function layOutRule({ name, rule, onInvalid }: RuleDefinition): LaidOutRule {
  const marker = onInvalid.action === 'marker' ? byteStringOfText(withLfLineEnds(onInvalid.text)) : '';
  return { name, rule, action: onInvalid.action, marker };
}
