import type { OutputColumnDefinition } from '../definition.js';
import { byteStringOfText } from '../records/byte-string.js';
import { withLfLineEnds } from '../records/csv-writer.js';
import { columnLabel } from './find-column.js';
import type { DataColumns, Ruled } from './laid-out.js';
import { type LaidOutComputation, layOutComputation } from './output-computation.js';

/** The columns of the output, found in the data. */
export interface OutputLayout {
  readonly columns: readonly OutputColumn[];
  /** Their names as byte strings. A name that the job does not give is null: it is spelt as the data spell it. */
  readonly names: readonly (string | null)[];
}

/** A column of the output: the text of a column of the data after its rules, or a computed one, and rules of its own. */
export type OutputColumn = CopiedColumn | ComputedColumn;

export interface CopiedColumn extends Ruled {
  /** 0-based index of the column of the data. */
  readonly from: number;
  readonly computed?: never;
}

export interface ComputedColumn extends Ruled {
  readonly from?: never;
  readonly computed: LaidOutComputation;
}

/** Finds the columns of the output. Throws a MapperFailure for a column that is not in the data. */
export function layOutOutput(
  definitions: readonly OutputColumnDefinition[],
  data: DataColumns,
): OutputLayout {
  const { names, find, layOutRules, isPlain } = data;
  return {
    columns: definitions.map(({ name, from, compute, rules: defined }): OutputColumn => {
      if (compute !== undefined || from === null) {
        // A computation writes numbers in the plain form.
        const rules = layOutRules(defined, true);
        const computed = layOutComputation(compute, rules, data);
        return { computed, label: name ?? '', isHidden: false, rules };
      }
      const index = find(from, 'output.columns');
      const rules = layOutRules(defined, isPlain(index));
      const label = name ?? columnLabel(index, names);
      return { from: index, label, isHidden: false, rules };
    }),
    names: definitions.map(({ name }) => (name === null ? null : byteStringOfText(withLfLineEnds(name)))),
  };
}

/** The columns of the data that the output is made from. */
export function columnsReadFor({ columns }: OutputLayout): number[] {
  return columns.flatMap(({ from, computed }) => (computed === undefined ? [from] : computed.reads));
}

/** The header of the output, from that of the data. Byte strings. */
export function outputHeader({ columns, names }: OutputLayout, header: readonly string[]): string[] {
  return columns.map(({ from }, index) => names[index] ?? (header[from ?? -1] as string));
}
