import type { MappedRecord } from '../api/mapped-record.js';
import { UserFunctionError } from '../api/user-function.js';
import { HIDDEN } from '../contract.js';
import { excerptOf, MapperFailure } from '../failure.js';
import { placeOf, type TaskContext } from '../hadoop/task-environment.js';
import { byteStringOfText, readableText, textOfByteString } from '../records/byte-string.js';
import { withLfLineEnds } from '../records/csv-writer.js';
import { isNull, NULL_FIELD } from '../records/dialect.js';
import { invalid } from '../rules/rule.js';
import type { LaidOutRule, Ruled } from './column-layout.js';
import { type HiddenColumns, withoutHidden } from './hidden-columns.js';

/** What rules make of a field. Byte strings, or NULL_FIELD for a null that stays one. */
export type FieldOutcome = { readonly kind: 'valid'; readonly bytes: string } | InvalidField;

/** A field that a rule found invalid: the text that this rule was given, and why. */
export interface InvalidField {
  readonly kind: 'invalid';
  readonly reason: string;
  readonly value: string;
  readonly by: LaidOutRule;
  /** The result of a computation, which has no text of its own; the reason is a sentence. */
  readonly isComputed?: true;
}

/** 1.234 that is no number in a locale would be one to rules that read what `round` writes. */
const KEPT = invalid('invalid already, and kept as it was read');

/** Applies rules in their order to one field after the other. */
export class FieldRules {
  readonly #delimiter: string;
  readonly #hidden: HiddenColumns;
  readonly #task: TaskContext | null;

  /** `hidden`: the columns that no message may show. */
  constructor(delimiter: string, task: TaskContext | null, hidden: HiddenColumns) {
    this.#delimiter = delimiter;
    this.#hidden = hidden;
    this.#task = task;
  }

  /**
   * `original` is a byte string or NULL_FIELD; `isKept`: rules before these found it invalid and kept it. Throws a MapperFailure
   * where a user's function throws.
   */
  apply(column: Ruled, original: string, record: MappedRecord, isKept: boolean): FieldOutcome {
    if (isNull(original)) return this.#applyToNull(column, record);
    return this.#applyFrom(column, 0, original, record, isKept);
  }

  /** A null skips the rules that say nothing of it, until one gives it a text. */
  #applyToNull(column: Ruled, record: MappedRecord): FieldOutcome {
    for (const [index, by] of column.rules.entries()) {
      const { onNull } = by.rule;
      if (onNull === undefined) continue;
      if (!onNull.ok) return { kind: 'invalid', reason: onNull.reason, value: '', by };
      if (onNull.text !== '') {
        return this.#applyFrom(column, index + 1, byteStringOfText(onNull.text), record, false);
      }
    }
    return { kind: 'valid', bytes: NULL_FIELD };
  }

  #applyFrom(
    column: Ruled,
    firstRule: number,
    original: string,
    record: MappedRecord,
    isKept: boolean,
  ): FieldOutcome {
    if (column.rules.length === firstRule) return { kind: 'valid', bytes: original };
    const text = textOfByteString(original);
    let value = text ?? original;
    let isStillKept = isKept;
    for (const by of firstRule === 0 ? column.rules : column.rules.slice(firstRule)) {
      const result =
        isStillKept && by.readsWritten === true
          ? KEPT
          : this.#guarded(column, original, record, () =>
              text === null ? by.rule.applyToBytes(value, record) : by.rule.apply(value, record),
            );
      if (!result.ok) {
        return {
          kind: 'invalid',
          reason: result.reason,
          value: text === null ? value : byteStringOfText(value),
          by,
        };
      }
      value = result.text;
      if (by.rule.writes !== undefined) isStillKept = false;
    }
    return { kind: 'valid', bytes: text === null ? value : byteStringOfText(withLfLineEnds(value)) };
  }

  #guarded<T>(column: Ruled, original: string, record: MappedRecord, apply: () => T): T {
    try {
      return apply();
    } catch (error) {
      if (!(error instanceof UserFunctionError)) throw error;
      const { functionName, cause, thrown } = error;
      throw new MapperFailure(
        'user-function',
        {
          functionName,
          column: excerptOf(column.label),
          value: column.isHidden ? HIDDEN : excerptOf(readableText(original)),
          place: placeOf(this.#task, record.lineNumber),
          record: excerptOf(withoutHidden(record.fields, this.#hidden).join(this.#delimiter)),
          thrown,
        },
        { cause },
      );
    }
  }
}
