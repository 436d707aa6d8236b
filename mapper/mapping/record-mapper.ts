import { MappedRecord } from '../api/mapped-record.js';
import { HIDDEN } from '../contract.js';
import type { MapperDefinition } from '../definition.js';
import { excerptOf, MapperFailure } from '../failure.js';
import { placeOf, type TaskContext } from '../hadoop/task-environment.js';
import type { RecordOutcome } from '../record-output.js';
import { byteStringOfText, readableText } from '../records/byte-string.js';
import { withLfLineEnds, writeRecords } from '../records/csv-writer.js';
import type { Rejection } from '../reject-line.js';
import type { ColumnLayout, Ruled } from './column-layout.js';
import { type FieldOutcome, FieldRules, type InvalidField } from './field-rules.js';
import { withoutHidden } from './hidden-columns.js';
import type { ComputedColumn } from './output-layout.js';

const NONE_INVALID: readonly string[] = [];

/** What the rules have found in one record. */
interface Findings {
  invalid: readonly string[];
  rejection: Rejection | null;
}

/** Applies the rules to one data record after the other. */
export class RecordMapper {
  readonly #definition: MapperDefinition;
  readonly #layout: ColumnLayout;
  readonly #rules: FieldRules;
  readonly #task: TaskContext | null;

  constructor(definition: MapperDefinition, layout: ColumnLayout, task: TaskContext | null) {
    this.#definition = definition;
    this.#layout = layout;
    this.#rules = new FieldRules(definition.csv.delimiter, task, layout.hidden);
    this.#task = task;
  }

  /** Maps one record. Throws a MapperFailure where the definition says `fail` or a user's function throws. */
  map(fields: readonly string[], lineNumber: number): RecordOutcome {
    const countProblem = this.#fieldCountProblem(fields.length);
    if (countProblem !== null) {
      const outcome = this.#wrongFieldCount(fields, countProblem, lineNumber);
      return outcome.rejection === null ? { ...outcome, ...this.#leftOut(fields) } : outcome;
    }
    const leftOut = this.#leftOut(fields);
    if (leftOut !== null)
      return { fields, invalid: NONE_INVALID, rejection: null, hasWrongFieldCount: false, ...leftOut };
    const { columns, output, names } = this.#layout;
    const record = new MappedRecord(fields, names, lineNumber);
    const findings: Findings = { invalid: NONE_INVALID, rejection: null };
    const mapped = fields.slice();
    for (const column of columns) {
      mapped[column.index] = this.#mapField(column, fields[column.index] as string, record, findings);
    }
    const written =
      output === null
        ? mapped
        : output.columns.map((column) =>
            column.computed === undefined
              ? this.#mapField(column, mapped[column.from] as string, record, findings)
              : this.#computeField(column, mapped, record, findings),
          );
    return { fields: written, ...findings, hasWrongFieldCount: false };
  }

  /** Null if the record stays. */
  #leftOut(fields: readonly string[]): Pick<RecordOutcome, 'leftOut'> | null {
    const verdict = this.#layout.where?.(fields) ?? (this.#layout.where === null ? true : null);
    if (verdict === true) return null;
    return { leftOut: verdict === null ? 'left out, not judged' : 'left out' };
  }

  #computeField(
    column: ComputedColumn,
    mapped: readonly string[],
    record: MappedRecord,
    findings: Findings,
  ): string {
    const { evaluate, by } = column.computed;
    const result = evaluate(mapped);
    if (result.ok) return this.#mapField(column, result.text, record, findings);
    const outcome = { kind: 'invalid', reason: result.reason, value: '', by } as const;
    return this.#settle(column, '', outcome, record, findings);
  }

  /** The field to write. */
  #mapField(column: Ruled, original: string, record: MappedRecord, findings: Findings): string {
    return this.#settle(column, original, this.#rules.apply(column, original, record), record, findings);
  }

  /** The field to write, by what the rules made of it. */
  #settle(
    column: Ruled,
    original: string,
    outcome: FieldOutcome,
    record: MappedRecord,
    findings: Findings,
  ): string {
    if (outcome.kind === 'valid') return outcome.bytes;
    findings.invalid = [...findings.invalid, column.label];
    switch (outcome.by.action) {
      case 'keep':
        return original;
      case 'blank':
      case 'marker':
        return outcome.by.marker;
      case 'reject':
        findings.rejection ??= { ...rejectionOf(column, outcome), ...this.#shownRecord(record.bytes) };
        return original;
      case 'fail':
        throw this.#invalidField(column, original, outcome.reason, record.lineNumber);
    }
  }

  /** The record as rejects may show it, where that is not as it was read. */
  #shownRecord(fields: readonly string[]): Pick<Rejection, 'record'> {
    const { hidden } = this.#layout;
    if (!hidden.areSome) return {};
    return {
      record: writeRecords([withoutHidden(fields, hidden)], this.#definition.csv.delimiter).slice(0, -1),
    };
  }

  #fieldCountProblem(count: number): string | null {
    const { fieldCount } = this.#layout;
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
            // Nobody knows which of its fields are which.
            ...(this.#layout.hidden.areSome ? { record: HIDDEN } : {}),
          },
        };
      case 'fail':
        throw new MapperFailure('wrong-field-count', {
          reason: problem,
          place: placeOf(this.#task, lineNumber),
          record: this.#layout.hidden.areSome
            ? HIDDEN
            : excerptOf(readableText(fields.join(this.#definition.csv.delimiter))),
        });
    }
  }

  #invalidField(
    column: Ruled,
    original: string,
    reason: string,
    lineNumber: number,
  ): MapperFailure<'invalid-field'> {
    return new MapperFailure('invalid-field', {
      column: excerptOf(column.label),
      value: column.isHidden ? HIDDEN : excerptOf(readableText(original)),
      reason,
      place: placeOf(this.#task, lineNumber),
    });
  }
}

/** A value may be a user's function's, with line ends of any kind. */
function rejectionOf({ label, isHidden }: Ruled, { reason, value, by }: InvalidField): Rejection {
  return {
    column: byteStringOfText(withLfLineEnds(label)),
    rule: byteStringOfText(withLfLineEnds(by.name)),
    value: isHidden ? HIDDEN : withLfLineEnds(value),
    reason: byteStringOfText(withLfLineEnds(reason)),
  };
}
