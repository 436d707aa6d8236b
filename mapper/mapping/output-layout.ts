import type { OutputColumnDefinition, RuleDefinition } from '../definition.js';
import { byteStringOfText } from '../records/byte-string.js';
import { withLfLineEnds } from '../records/csv-writer.js';
import type { LaidOutRule, Ruled } from './column-layout.js';
import { columnLabel, findColumn } from './find-column.js';

/** The columns of the output, found in the data. */
export interface OutputLayout {
  readonly columns: readonly OutputColumn[];
  /** Their names as byte strings. A name that the job does not give is null: it is spelt as the data spell it. */
  readonly names: readonly (string | null)[];
}

/** A column of the output: the text of a column of the data after its rules, and rules that are its own. */
export interface OutputColumn extends Ruled {
  /** 0-based index of the column of the data. */
  readonly from: number;
}

/** Finds the columns of the output. Throws a MapperFailure for a column that is not in the data. */
export function layOutOutput(
  definitions: readonly OutputColumnDefinition[],
  names: readonly string[] | null,
  layOutRule: (rule: RuleDefinition) => LaidOutRule,
): OutputLayout {
  return {
    columns: definitions.map(({ name, from, rules }) => {
      const index = findColumn(from, names, 'output.columns');
      return { from: index, label: name ?? columnLabel(index, names), rules: rules.map(layOutRule) };
    }),
    names: definitions.map(({ name }) => (name === null ? null : byteStringOfText(withLfLineEnds(name)))),
  };
}

/** The columns of the data that the output is made from. */
export function columnsReadFor({ columns }: OutputLayout): number[] {
  return columns.map(({ from }) => from);
}

/** The header of the output, from that of the data. Byte strings. */
export function outputHeader({ columns, names }: OutputLayout, header: readonly string[]): string[] {
  return columns.map(({ from }, index) => names[index] ?? (header[from] as string));
}
