import type { ColumnDefinition, MapperDefinition, RuleDefinition } from '../definition.js';
import { excerptOf, MapperFailure } from '../failure.js';
import { byteStringOfText } from '../records/byte-string.js';
import { withLfLineEnds } from '../records/csv-writer.js';
import { readingInTurn } from '../rules/number-form.js';
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
    output.columns === undefined
      ? null
      : layOutOutput(output.columns, { names, find, layOutRules, isPlain: plainColumns(definitions, found) });
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
  return { index, label: columnLabel(index, names), isHidden: false, rules: layOutRules(rules, false) };
}

/** Rules in their order: what reads numbers behind a `round` reads the plain form that it writes. */
function layOutRules(rules: readonly RuleDefinition[], arePlain: boolean): readonly LaidOutRule[] {
  return readingInTurn(rules, arePlain, { writingOf, read: layOutRule }).read;
}

/** Tells the columns with numbers in the plain form after their rules. */
function plainColumns(
  definitions: readonly ColumnDefinition[],
  found: readonly LaidOutColumn[],
): (index: number) => boolean {
  const plain = new Set(definitions.flatMap(({ rules }, at) => (endsPlain(rules) ? [found[at]?.index] : [])));
  return (index) => plain.has(index);
}

function endsPlain(rules: readonly RuleDefinition[]): boolean {
  return readingInTurn(rules, false, { writingOf, read: () => null }).endsPlain;
}

function writingOf({ rule }: RuleDefinition) {
  return rule;
}

function layOutRule({ name, rule: given, onInvalid }: RuleDefinition, arePlain: boolean): LaidOutRule {
  const marker = onInvalid.action === 'marker' ? byteStringOfText(withLfLineEnds(onInvalid.text)) : '';
  const rule = arePlain ? (given.ofPlainNumbers ?? given) : given;
  const reading = arePlain && given.readsNumbers === true ? { readsWritten: true as const } : {};
  return { name, rule, action: onInvalid.action, marker, ...reading };
}
