import { MappedRecord } from '../api/mapped-record.js';
import { UserFunctionError } from '../api/user-function.js';
import type { MapperDefinition } from '../definition.js';
import { excerptOf, MapperFailure } from '../failure.js';
import { placeOf, type TaskContext } from '../hadoop/task-environment.js';
import type { RecordOutcome } from '../record-output.js';
import { byteStringOfText, readableText, textOfByteString } from '../records/byte-string.js';
import { withLfLineEnds } from '../records/csv-writer.js';
import type { Rejection } from '../reject-line.js';
import type { ColumnLayout, LaidOutColumn, LaidOutRule } from './column-layout.js';
import { type Projection, projectFields } from './projection.js';

type FieldOutcome =
  | { readonly kind: 'valid'; readonly bytes: string }
  | { readonly kind: 'invalid'; readonly reason: string; readonly value: string; readonly by: LaidOutRule };

const NONE_INVALID: readonly string[] = [];

/** Applies the rules to one data record after the other. */
export class RecordMapper {
  readonly #definition: MapperDefinition;
  readonly #layout: ColumnLayout;
  readonly #task: TaskContext | null;
  readonly #projection: Projection | null;

  /** `projection`: where the input holds the columns, if not where the layout says. */
  constructor(
    definition: MapperDefinition,
    layout: ColumnLayout,
    task: TaskContext | null,
    projection: Projection | null = null,
  ) {
    this.#definition = definition;
    this.#layout = layout;
    this.#task = task;
    this.#projection = projection;
  }

  /** Maps one record. Throws a MapperFailure where the definition says `fail` or a user's function throws. */
  map(read: readonly string[], lineNumber: number): RecordOutcome {
    const countProblem = this.#fieldCountProblem(read.length);
    if (countProblem !== null) return this.#wrongFieldCount(read, countProblem, lineNumber);
    const fields = this.#projection === null ? read : projectFields(read, this.#projection);
    const record = new MappedRecord(fields, this.#layout.names, lineNumber);
    const mapped = fields.slice();
    let invalid = NONE_INVALID;
    let rejection: Rejection | null = null;
    for (const column of this.#layout.columns) {
      const original = fields[column.index] as string;
      const outcome = this.#applyRules(column, original, record);
      if (outcome.kind === 'valid') {
        mapped[column.index] = outcome.bytes;
        continue;
      }
      invalid = [...invalid, column.label];
      switch (outcome.by.action) {
        case 'keep':
          break;
        case 'blank':
        case 'marker':
          mapped[column.index] = outcome.by.marker;
          break;
        case 'reject':
          rejection ??= rejectionOf(column, outcome);
          break;
        case 'fail':
          throw this.#invalidField(column, original, outcome.reason, lineNumber);
      }
    }
    return { fields: mapped, rejection, invalid, hasWrongFieldCount: false };
  }

  #applyRules(column: LaidOutColumn, original: string, record: MappedRecord): FieldOutcome {
    const text = textOfByteString(original);
    let value = text ?? original;
    for (const by of column.rules) {
      const result = this.#guarded(column, original, record, () =>
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
    }
    return { kind: 'valid', bytes: text === null ? value : byteStringOfText(withLfLineEnds(value)) };
  }

  #guarded<T>(column: LaidOutColumn, original: string, record: MappedRecord, apply: () => T): T {
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
          value: excerptOf(readableText(original)),
          place: placeOf(this.#task, record.lineNumber),
          record: excerptOf(record.fields.join(this.#definition.csv.delimiter)),
          thrown,
        },
        { cause },
      );
    }
  }

  #fieldCountProblem(count: number): string | null {
    const fieldCount =
      this.#projection === null ? this.#layout.fieldCount : { exactly: this.#projection.names.length };
    if ('exactly' in fieldCount) {
      return count === fieldCount.exactly ? null : `${count} instead of ${fieldCount.exactly}`;
    }
    return count >= fieldCount.atLeast ? null : `${count} instead of at least ${fieldCount.atLeast}`;
  }

  #wrongFieldCount(fields: readonly string[], problem: string, lineNumber: number): RecordOutcome {
    const outcome = { fields, invalid: NONE_INVALID, hasWrongFieldCount: true };
    switch (this.#definition.records.wrongFieldCount) {
      case 'pass':
        return { ...outcome, rejection: null };
      case 'reject':
        return {
          ...outcome,
          rejection: {
            column: '',
            rule: 'records.wrongFieldCount',
            value: '',
            reason: `wrong field count: ${problem}`,
          },
        };
      case 'fail':
        throw new MapperFailure('wrong-field-count', {
          reason: problem,
          place: placeOf(this.#task, lineNumber),
          record: excerptOf(readableText(fields.join(this.#definition.csv.delimiter))),
        });
    }
  }

  #invalidField(
    column: LaidOutColumn,
    original: string,
    reason: string,
    lineNumber: number,
  ): MapperFailure<'invalid-field'> {
    return new MapperFailure('invalid-field', {
      column: excerptOf(column.label),
      value: excerptOf(readableText(original)),
      reason,
      place: placeOf(this.#task, lineNumber),
    });
  }
}

/** A value may be a user's function's, with line ends of any kind. */
function rejectionOf(
  { label }: LaidOutColumn,
  { reason, value, by }: Extract<FieldOutcome, { kind: 'invalid' }>,
): Rejection {
  return {
    column: byteStringOfText(withLfLineEnds(label)),
    rule: byteStringOfText(withLfLineEnds(by.name)),
    value: withLfLineEnds(value),
    reason: byteStringOfText(withLfLineEnds(reason)),
  };
}
