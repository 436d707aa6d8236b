import { MappedRecord } from '../api/mapped-record.js';
import type { MapperDefinition } from '../definition.js';
import { excerptOf, MapperFailure } from '../failure.js';
import { placeOf, type TaskContext } from '../hadoop/task-environment.js';
import type { RecordOutcome } from '../record-output.js';
import { byteStringOfText, readableText } from '../records/byte-string.js';
import { withLfLineEnds } from '../records/csv-writer.js';
import type { Rejection } from '../reject-line.js';
import type { ColumnLayout, Ruled } from './column-layout.js';
import { FieldRules, type InvalidField } from './field-rules.js';

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
    this.#rules = new FieldRules(definition.csv.delimiter, task);
    this.#task = task;
  }

  /** Maps one record. Throws a MapperFailure where the definition says `fail` or a user's function throws. */
  map(fields: readonly string[], lineNumber: number): RecordOutcome {
    const countProblem = this.#fieldCountProblem(fields.length);
    if (countProblem !== null) return this.#wrongFieldCount(fields, countProblem, lineNumber);
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
            this.#mapField(column, mapped[column.from] as string, record, findings),
          );
    return { fields: written, ...findings, hasWrongFieldCount: false };
  }

  /** The field to write. */
  #mapField(column: Ruled, original: string, record: MappedRecord, findings: Findings): string {
    const outcome = this.#rules.apply(column, original, record);
    if (outcome.kind === 'valid') return outcome.bytes;
    findings.invalid = [...findings.invalid, column.label];
    switch (outcome.by.action) {
      case 'keep':
        return original;
      case 'blank':
      case 'marker':
        return outcome.by.marker;
      case 'reject':
        findings.rejection ??= rejectionOf(column, outcome);
        return original;
      case 'fail':
        throw this.#invalidField(column, original, outcome.reason, record.lineNumber);
    }
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
    column: Ruled,
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
function rejectionOf({ label }: Ruled, { reason, value, by }: InvalidField): Rejection {
  return {
    column: byteStringOfText(withLfLineEnds(label)),
    rule: byteStringOfText(withLfLineEnds(by.name)),
    value: withLfLineEnds(value),
    reason: byteStringOfText(withLfLineEnds(reason)),
  };
}
