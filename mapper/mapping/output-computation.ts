import type { OutputColumnDefinition } from '../definition.js';
import { textOfByteString } from '../records/byte-string.js';
import { isNull } from '../records/dialect.js';
import { compute as computeExactly } from '../rules/compute.js';
import { columnsIn, parseExpression } from '../rules/compute-expression.js';
import { decimalReader } from '../rules/decimal-reader.js';
import { plainDecimal } from '../rules/plain-decimal.js';
import { NOT_UTF8, type RuleResult } from '../rules/rule.js';
import { columnLabel } from './find-column.js';
import type { DataColumns, LaidOutRule } from './laid-out.js';

/** A computation over the columns of a record. */
export interface LaidOutComputation {
  /** 0-based indexes of the columns that it reads. */
  readonly reads: readonly number[];
  /** Names it, and says what happens to an invalid result. */
  readonly by: LaidOutRule;
  /**
   * The result for fields as byte strings or nulls, after the rules of the columns. `isKept`: whether those found the field with
   * a 0-based index invalid, and kept it.
   */
  evaluate(fields: readonly string[], isKept: (index: number) => boolean): RuleResult;
}

/**
 * Finds the columns of a computation. `rules` come after it: a quotient whose digits never end is given to a rounding by
 * as many as that needs. Throws a MapperFailure for a column that is not there, a RangeError for an expression that is none.
 */
export function layOutComputation(
  compute: OutputColumnDefinition['compute'],
  rules: readonly LaidOutRule[],
  { names, find, layOutRules, isPlain }: DataColumns,
): LaidOutComputation {
  const parsed = parseExpression(compute?.expression ?? '');
  if (compute === undefined || !parsed.ok) {
    throw new RangeError(`compute ${compute?.expression}: ${parsed.ok ? '' : parsed.flaw.message}`);
  }
  const { expression } = parsed;
  const indexes = new Map(columnsIn(expression).map((column) => [column, find(column, 'output.columns')]));
  const [first] = rules;
  const form = first?.rule.byteForm;
  const places = form?.operation === 'round' || form?.operation === 'money' ? form.places : null;
  const ofData = decimalReader(compute.locale);
  const rule = { apply: () => NOT_UTF8, applyToBytes: () => NOT_UTF8 };
  return {
    reads: [...indexes.values()],
    by: layOutRules([{ name: 'compute', rule, onInvalid: compute.onInvalid }], true)[0] as LaidOutRule,
    evaluate: (fields, isKept) =>
      computeExactly(
        expression,
        (column) => {
          const index = indexes.get(column) as number;
          const field = fields[index] as string;
          const text = isNull(field) ? '' : textOfByteString(field);
          const label = columnLabel(index, names);
          if (!isPlain(index)) return { text, label, numberOf: ofData };
          // 1.234 that is no number in a locale would be one in the plain form.
          return { text, label, numberOf: plainDecimal, isInvalid: text !== '' && isKept(index) };
        },
        places,
      ),
  };
}
