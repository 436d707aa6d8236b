import { MappedRecord } from '../api/mapped-record.js';
import { HIDDEN, type InvalidAction } from '../contract.js';
import type { MapperDefinition } from '../definition.js';
import { excerptOf, MapperFailure } from '../failure.js';
import type { Findings } from '../findings.js';
import { placeOf, type TaskContext } from '../hadoop/task-environment.js';
import type { RecordOutcome } from '../record-output.js';
import { byteStringOfText, readableText } from '../records/byte-string.js';
import { withLfLineEnds } from '../records/csv-writer.js';
import { type Dialect, isNull, NULL_FIELD, withoutNulls } from '../records/dialect.js';
import { writeInDialect } from '../records/write-in-dialect.js';
import type { Rejection } from '../reject-line.js';
import type { ColumnLayout, Ruled } from './column-layout.js';
import { type FieldCount, fieldCountProblem, padRecord } from './field-count.js';
import { type FieldOutcome, FieldRules, type InvalidField } from './field-rules.js';
import { withoutHidden } from './hidden-columns.js';
import type { ComputedColumn } from './output-layout.js';
import { type Projection, projectFields } from './projection.js';

const NONE_INVALID: readonly string[] = [];
const NONE_KEPT: ReadonlySet<number> = new Set();
/** What leaves an invalid field as it was read. */
const KEEPING: ReadonlySet<InvalidAction['action']> = new Set(['keep', 'reject']);

/** What a mapper of records works with. */
export interface RecordMapperParts {
  readonly definition: MapperDefinition;
  /** That of the data. */
  readonly dialect: Dialect;
  readonly layout: ColumnLayout;
  readonly task: TaskContext | null;
  /** Null: nobody asks for examples. */
  readonly findings: Findings | null;
  /** Where the input holds the columns, if not where the layout says. */
  readonly projection?: Projection | null;
}

/** What the rules have found in one record. */
interface Found {
  /** Null if it was padded: then nobody knows for certain which of its fields are which. */
  readonly asRead: readonly string[] | null;
  invalid: readonly string[];
  rejection: Rejection | null;
  /** 0-based indexes of columns of the data that are invalid, and kept. */
  kept: ReadonlySet<number>;
}

/** Applies the rules to one data record after the other. */
export class RecordMapper {
  readonly #definition: MapperDefinition;
  readonly #dialect: Dialect;
  readonly #layout: ColumnLayout;
  readonly #rules: FieldRules;
  readonly #task: TaskContext | null;
  readonly #findings: Findings | null;
  readonly #projection: Projection | null;
  readonly #hasNulls: boolean;
  readonly #fieldCount: FieldCount;

  constructor({ definition, dialect, layout, task, findings, projection = null }: RecordMapperParts) {
    this.#definition = definition;
    this.#dialect = dialect;
    this.#layout = layout;
    this.#rules = new FieldRules(dialect.delimiter, task, layout.hidden);
    this.#task = task;
    this.#findings = findings;
    this.#projection = projection;
    this.#fieldCount = projection === null ? layout.fieldCount : { exactly: projection.names.length };
    this.#hasNulls = dialect.nulls.length > 0 || projection?.sources.includes(-1) === true;
  }

  /**
   * Maps one record, whose fields are byte strings or nulls. Throws a MapperFailure where the definition says `fail` or a
   * user's function throws.
   */
  map(given: readonly string[], lineNumber: number): RecordOutcome {
    const countProblem = fieldCountProblem(given.length, this.#fieldCount);
    const padded = countProblem === null ? null : this.#pad(given);
    const asRead = padded ?? given;
    const read = this.#projection === null ? asRead : projectFields(asRead, this.#projection);
    if (countProblem !== null && padded === null) {
      const outcome = this.#wrongFieldCount(this.#withoutNulls(asRead), countProblem, lineNumber);
      return outcome.rejection === null ? { ...outcome, ...this.#leftOut(read, lineNumber) } : outcome;
    }
    if (countProblem !== null) this.#findings?.notePadded(lineNumber, countProblem);
    const width = { hasWrongFieldCount: false, ...(padded === null ? {} : { isPadded: true as const }) };
    const fields = this.#withoutNulls(read);
    const leftOut = this.#leftOut(read, lineNumber);
    if (leftOut !== null) return { fields, invalid: NONE_INVALID, rejection: null, ...width, ...leftOut };
    const { columns, output, names } = this.#layout;
    const record = new MappedRecord(fields, names, lineNumber);
    const found: Found = {
      asRead: padded === null ? given : null,
      invalid: NONE_INVALID,
      rejection: null,
      kept: NONE_KEPT,
    };
    const mapped = read.slice();
    for (const column of columns) {
      const original = read[column.index] as string;
      const outcome = this.#rules.apply(column, original, record, false);
      mapped[column.index] = this.#settle(column, original, outcome, record, found);
      if (outcome.kind === 'invalid' && KEEPING.has(outcome.by.action)) {
        found.kept = new Set([...found.kept, column.index]);
      }
    }
    const written =
      output === null
        ? mapped
        : output.columns.map((column) =>
            column.computed === undefined
              ? this.#mapField(
                  column,
                  mapped[column.from] as string,
                  record,
                  found,
                  found.kept.has(column.from),
                )
              : this.#computeField(column, mapped, record, found),
          );
    const { invalid, rejection } = found;
    return { fields: this.#withoutNulls(written), invalid, rejection, ...width };
  }

  /** The fields, with an empty text for each null. */
  #withoutNulls(fields: readonly string[]): readonly string[] {
    return this.#hasNulls ? withoutNulls(fields) : fields;
  }

  /** Null if the record stays. */
  #leftOut(fields: readonly string[], lineNumber: number): Pick<RecordOutcome, 'leftOut'> | null {
    const { where } = this.#layout;
    const verdict = where === null ? true : where(fields);
    if (verdict === true) return null;
    if (verdict === false) return { leftOut: 'left out' };
    this.#findings?.noteNotJudged(lineNumber);
    return { leftOut: 'left out, not judged' };
  }

  #computeField(
    column: ComputedColumn,
    mapped: readonly string[],
    record: MappedRecord,
    found: Found,
  ): string {
    const { evaluate, by } = column.computed;
    const result = evaluate(mapped, (index) => found.kept.has(index));
    if (result.ok) return this.#mapField(column, result.text, record, found, false);
    const outcome = { kind: 'invalid', reason: result.reason, value: '', by, isComputed: true } as const;
    return this.#settle(column, '', outcome, record, found);
  }

  /** The field to write. */
  #mapField(column: Ruled, original: string, record: MappedRecord, found: Found, isKept: boolean): string {
    return this.#settle(column, original, this.#rules.apply(column, original, record, isKept), record, found);
  }

  /** The field to write, by what the rules made of it. */
  #settle(
    column: Ruled,
    original: string,
    outcome: FieldOutcome,
    record: MappedRecord,
    found: Found,
  ): string {
    if (outcome.kind === 'valid') return outcome.bytes;
    found.invalid = [...found.invalid, column.label];
    if (this.#findings?.lacks(column.label) === true) {
      const shown = column.isHidden ? HIDDEN : readableText(outcome.value);
      const value = outcome.isComputed === true ? null : shown;
      this.#findings.noteInvalid(column.label, record.lineNumber, value, outcome.reason);
    }
    switch (outcome.by.action) {
      case 'keep':
        return original;
      case 'blank':
      case 'marker':
        return outcome.by.marker;
      case 'reject':
        found.rejection ??= { ...rejectionOf(column, outcome), ...this.#shownRecord(found.asRead) };
        return original;
      case 'fail':
        throw this.#invalidField(column, original, outcome.reason, record.lineNumber);
    }
  }

  /** The record as rejects may show it, where that is not as it was read. */
  #shownRecord(asRead: readonly string[] | null): Pick<Rejection, 'record'> {
    const { hidden } = this.#layout;
    if (!hidden.areSome) return {};
    if (asRead === null) return { record: HIDDEN };
    const fields = this.#withoutNulls(asRead);
    const projection = this.#projection;
    const shownFields = withoutHidden(fields, {
      areSome: true,
      has: (index) => {
        const planned = projection === null ? index : projection.sources.indexOf(index);
        return planned < 0 || hidden.has(planned);
      },
    });
    const shown = writeInDialect(shownFields, this.#dialect);
    return { record: shown.toString('latin1').slice(0, -1) };
  }

  /** The record in its right width; null if it must not be padded, or can't be. A field that is added is like one read as empty. */
  #pad(fields: readonly string[]): readonly string[] | null {
    if (this.#definition.records.wrongFieldCount !== 'pad') return null;
    return padRecord(fields, this.#fieldCount, this.#dialect.nulls.includes('') ? NULL_FIELD : '');
  }

  #wrongFieldCount(fields: readonly string[], problem: string, lineNumber: number): RecordOutcome {
    const outcome = { fields, invalid: NONE_INVALID, hasWrongFieldCount: true };
    this.#findings?.noteWrongFieldCount(lineNumber, problem);
    switch (this.#definition.records.wrongFieldCount) {
      case 'pass':
        return { ...outcome, rejection: null };
      case 'pad':
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
            : excerptOf(readableText(fields.join(this.#dialect.delimiter))),
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
      value: column.isHidden ? HIDDEN : excerptOf(isNull(original) ? '' : readableText(original)),
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
