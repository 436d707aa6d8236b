import type { ColumnLayout, LaidOutRule } from '../mapping/column-layout.js';
import { byteStringOfText } from '../records/byte-string.js';
import { writeRecords } from '../records/csv-writer.js';
import { type Dialect, isPlain } from '../records/dialect.js';
import { headerReaderOf } from '../records/header.js';
import type { HeaderMatch } from '../records/header-matcher.js';
import { isPlainForm, type WrittenForm } from '../records/record-writer.js';
import type { ByteForm } from '../rules/byte-form.js';
import type { DatePattern } from '../rules/date-pattern.js';
import type { RoundingMode } from '../rules/rounding-mode.js';
import { layOutAnyDate } from './any-date.js';
import {
  type Arrangement,
  arrangeSteps,
  needsArrangement,
  type Step,
  type StepOf,
} from './arranged-steps.js';
import * as at from './assembly/layout.js';
import { caseTable } from './case-table.js';
import { layOutDateOfThree, layOutDatePatterns } from './date-patterns.js';
import { layOutMoneyStyle } from './money-style.js';

/** More places could make a record much longer than it was. */
const MAX_PLACES_OF_KERNEL = 1000;

const MAX_FIELDS = 2 ** 30 - 1;

const ROUND_UPS: Readonly<Record<Exclude<RoundingMode, 'unnecessary'>, number>> = {
  'half-even': at.ROUND_HALF_EVEN,
  'half-up': at.ROUND_HALF_UP,
  'half-down': at.ROUND_HALF_DOWN,
  up: at.ROUND_AWAY_FROM_ZERO,
  down: at.ROUND_TO_ZERO,
  ceiling: at.ROUND_CEILING,
  floor: at.ROUND_FLOOR,
};

/** Delimiters that are not part of a number, not a letter, and not white space that rules remove. */
const DELIMITERS = /^[\t!#$%&'()*,/:;<=>?@[\\\]^_`{|}~]$/;
/** White space that rules remove, and line ends. */
const SPACES = '\n\v\f\r';

function isKnownDelimiter(text: string): boolean {
  return DELIMITERS.test(text) || (text.length === 1 && text < ' ' && !SPACES.includes(text));
}

/** How the data are written, how the output is, and how headers are recognised. */
export interface KernelForm {
  readonly dialect: Dialect;
  readonly form: WrittenForm;
  readonly match: HeaderMatch;
}

/** The steps of a layout as bytes for a fixed address in the kernel's memory. */
export interface KernelProgram {
  readonly bytes: Uint8Array;
  /** Columns with rules, in step order: the offset of the count of invalid fields, and the LFs of the marker. */
  readonly counters: readonly {
    readonly offset: number;
    readonly label: string;
    readonly markerLines: number;
  }[];
  /** How many bytes longer a record may become, beside the text that is written more than once. */
  readonly growthBytes: number;
  readonly isByField: boolean;
  /** Null for a program that copies or maps each field of the data in its place. */
  readonly arrangement: Arrangement | null;
}

/**
 * The program for a layout, to be copied to `address`. Null if the kernel does not know a column's rules or the
 * delimiter; the reference then maps everything.
 */
export function layOutProgram(layout: ColumnLayout, form: KernelForm, address: number): KernelProgram | null {
  const { delimiter } = form.dialect;
  const isByField = needsLookAtFields(form);
  if (!isKnownDelimiter(delimiter) || (isByField && !isKnownForm(form))) return null;
  if (mayWriteLikeComment(layout, form.form)) return null;
  // Only what is arranged looks for records of one empty field.
  const isArranged = needsArrangement(layout) || form.form.quotesEmpty;
  const makeStep = stepsOnce(delimiter);
  const arranged = isArranged ? arrangeSteps(layout, makeStep, isByField) : null;
  const steps = isArranged ? arranged?.steps : stepsOf(layout, makeStep);
  if (steps === undefined || steps === null) return null;
  const head = at.PROGRAM_HEAD + steps.length * at.STEP_BYTES;
  const bytes = new ProgramBytes(address, head);
  const { fieldCount } = layout;
  bytes.setNumber(at.FEWEST_FIELDS, 'exactly' in fieldCount ? fieldCount.exactly : fieldCount.atLeast);
  bytes.setNumber(at.MOST_FIELDS, 'exactly' in fieldCount ? fieldCount.exactly : MAX_FIELDS);
  bytes.setNumber(at.PENDING, bytes.add(new Uint8Array(steps.length * 4)));
  bytes.setNumber(at.FORM, form.form.quotesEmpty ? at.QUOTES_EMPTY : 0);
  bytes.setNumber(at.STEPS_END, address + head);
  if (layout.names !== null) bytes.setNumber(at.HEADER, bytes.add(headerText(layout.names, form.dialect)));
  if (isByField) setForm(bytes, form);
  const counters = [];
  let growthBytes = 0;
  for (const [index, step] of steps.entries()) {
    const { operation, argument, roundUps = 0, places = 0, by, label, field = 0, flags = 0 } = step;
    const start = at.PROGRAM_HEAD + index * at.STEP_BYTES;
    const marker =
      by === undefined
        ? Buffer.alloc(0)
        : isByField
          ? Buffer.from(by.marker, 'latin1')
          : markerBytes(by.marker, delimiter);
    bytes.setByte(start + at.OPERATION, operation);
    bytes.setByte(start + at.ON_INVALID, by === undefined ? 0 : onInvalidOf(by, step));
    bytes.setByte(start + at.ROUND_UPS, roundUps & 0xff);
    bytes.setByte(start + at.ROUND_UPS + 1, roundUps >> 8);
    bytes.setNumber(start + at.ARGUMENT, typeof argument === 'number' ? argument : bytes.add(argument));
    bytes.setNumber(start + at.MARKER, bytes.add(marker));
    bytes.setNumber(start + at.MARKER_LENGTH, marker.length);
    bytes.setNumber(start + at.FIELD, field);
    bytes.setByte(start + at.FLAGS, flags);
    growthBytes += marker.length + places + 300;
    if (label !== undefined) {
      const markerLines = by?.action === 'marker' ? by.marker.split('\n').length - 1 : 0;
      counters.push({ offset: start + at.INVALID_COUNT, label, markerLines });
    }
  }
  const arrangement = arranged?.arrangement ?? null;
  return { bytes: bytes.all(), counters, growthBytes, isByField, arrangement };
}

/** The steps in column order, or null if the kernel does not know a column's rules. */
function stepsOf({ columns, fieldCount }: ColumnLayout, makeStep: StepOf): Step[] | null {
  const steps: Step[] = [];
  let next = 0;
  for (const column of [...columns].sort((a, b) => a.index - b.index)) {
    if (column.index > next) steps.push({ operation: at.COPY, argument: column.index - next });
    const [by] = column.rules;
    const step = by === undefined ? null : makeStep(by, column.label);
    if (step === null) return null;
    steps.push(step);
    next = column.index + 1;
  }
  if (!('exactly' in fieldCount)) steps.push({ operation: at.COPY, argument: at.ALL_FIELDS });
  else if (fieldCount.exactly > next) steps.push({ operation: at.COPY, argument: fieldCount.exactly - next });
  return steps;
}

/** Makes the steps of columns. Rules that are the same have the same argument, which is laid out once. */
function stepsOnce(delimiter: string): StepOf {
  const made = new Map<LaidOutRule['rule'], Step | null>();
  return (by, label) => {
    const known = made.get(by.rule);
    if (known !== undefined) return known && { ...known, by, label };
    const step = stepOf(by, label, delimiter);
    made.set(by.rule, step);
    return step;
  };
}

function stepOf(by: LaidOutRule, label: string, delimiter: string): Step | null {
  const form: ByteForm | undefined = by.rule.byteForm;
  switch (form?.operation) {
    case undefined:
      return null;
    case 'upper':
    case 'lower':
      return {
        operation: form.operation === 'upper' ? at.UPPER : at.LOWER,
        argument: caseTable(form.operation),
        by,
        label,
      };
    case 'trim':
      return { operation: at.TRIM, argument: 0, by, label };
    case 'date': {
      const plain = plainPatterns(form);
      const ofThree = plain === null ? null : layOutDateOfThree(plain.from, plain.to, delimiter);
      if (ofThree !== null) return { operation: at.DATE_OF_THREE, argument: ofThree, by, label };
      const patterns = plain === null ? null : layOutDatePatterns(plain.from, plain.to, delimiter);
      if (patterns !== null) return { operation: at.DATE, argument: patterns, by, label };
      const any = layOutAnyDate(form, delimiter);
      return any === null ? null : { operation: at.ANY_DATE, argument: any, by, label };
    }
    case 'type':
      return judgeOf(form, by, label, delimiter);
    case 'round': {
      if (form.mode === 'unnecessary' || form.places > MAX_PLACES_OF_KERNEL) return null;
      const roundUps = ROUND_UPS[form.mode];
      return { operation: at.ROUND, argument: form.places, roundUps, places: form.places, by, label };
    }
    case 'money': {
      if (form.mode === 'unnecessary' || form.places > MAX_PLACES_OF_KERNEL) return null;
      const style = layOutMoneyStyle(form.style, form.places);
      return {
        operation: at.MONEY,
        argument: style,
        roundUps: ROUND_UPS[form.mode],
        places: form.places,
        by,
        label,
      };
    }
  }
}

function judgeOf(
  form: Extract<ByteForm, { operation: 'type' }>,
  by: LaidOutRule,
  label: string,
  delimiter: string,
): Step | null {
  switch (form.type) {
    case 'integer':
      return { operation: at.INTEGER, argument: 0, by, label };
    case 'boolean':
      return { operation: at.BOOLEAN, argument: 0, by, label };
    case 'decimal': {
      const { most } = form;
      const argument = most === null ? at.ANY_DIGITS : most.whole * 2 ** 16 + most.places;
      return { operation: at.DECIMAL_NUMBER, argument, by, label };
    }
    case 'date': {
      const argument = layOutDateOfThree([form.day], form.day, delimiter);
      return argument === null ? null : { operation: at.CALENDAR_DAY, argument, by, label };
    }
  }
}

/** The patterns of a date without zones; null if it has a zone, or is a number. */
function plainPatterns({
  from,
  to,
  zone,
}: Extract<ByteForm, { operation: 'date' }>): { from: DatePattern[]; to: DatePattern } | null {
  const patterns = from.filter((form) => typeof form !== 'string');
  if (zone !== undefined || typeof to === 'string' || patterns.length < from.length) return null;
  return { from: patterns, to };
}

function onInvalidOf({ action }: LaidOutRule, { leavesInvalid }: Step): number {
  if (leavesInvalid === true) return at.LEAVE_TO_REFERENCE;
  switch (action) {
    case 'keep':
      return at.KEEP;
    case 'blank':
    case 'marker':
      return at.WRITE_MARKER;
    case 'reject':
      return at.REJECT;
    case 'fail':
      return at.LEAVE_TO_REFERENCE;
  }
}

/** The marker as CSV. The first call of csv-stringify is slow, so it is called only if quotes may be needed. */
function markerBytes(marker: string, delimiter: string): Buffer {
  if (/^[A-Za-z0-9 -]*$/.test(marker)) return Buffer.from(marker);
  return Buffer.from(writeRecords([[marker]], delimiter).slice(0, -1), 'latin1');
}

/**
 * The header without quotes, cut before the first quote or non-ASCII character, then a zero byte. It is cut before a name
 * that the data spell like a null with a backslash too.
 */
function headerText(names: readonly string[], dialect: Dialect): Buffer {
  const { delimiter, quote } = dialect;
  const nullNames = dialect.hasBackslashEscapes
    ? dialect.nulls.flatMap((text) => nameSpelt(text, dialect))
    : [];
  const cut = names.findIndex((name) => nullNames.includes(byteStringOfText(name)));
  const known = (cut < 0 ? names : names.slice(0, cut)).map(byteStringOfText);
  const text = `${known.join(delimiter)}${cut < 0 ? '\n' : ''}`;
  const start = text.replace(/["\u0080-\u00ff].*$/s, '').split(quote ?? '"', 1)[0];
  return Buffer.from(`${start}\0`, 'latin1');
}

/** The name, if it has a backslash where it is read. */
function nameSpelt(text: string, dialect: Dialect): readonly string[] {
  return text.includes('\\') ? (headerReaderOf(dialect)(Buffer.from(`${text}\n`, 'latin1'))[0] ?? []) : [];
}

/** Whether the records have to be mapped field by field. */
function needsLookAtFields({ dialect, form, match }: KernelForm): boolean {
  return !isPlain(dialect) || !isPlainForm(form) || form.delimiter !== dialect.delimiter || match.isLoose;
}

/** Whether a marker of several lines has one that starts like a comment. The output looks at the lines, not at quotes. */
function mayWriteLikeComment({ columns, output }: ColumnLayout, { comment }: WrittenForm): boolean {
  if (comment === undefined) return false;
  const ruled = [...columns, ...(output?.columns ?? [])];
  return ruled.some(({ rules }) => rules.some(({ marker }) => marker.includes(`\n${comment}`)));
}

/** Whether the kernel knows such quotes and nulls. */
function isKnownForm({ dialect, form }: KernelForm): boolean {
  const { delimiter, quote, hasBackslashEscapes, nulls } = dialect;
  const texts = [...nulls, form.nullText];
  return (
    form.delimiter.length <= at.MAX_NULL_BYTES &&
    (quote === null || quote === '"' || DELIMITERS.test(quote)) &&
    quote !== delimiter &&
    !(hasBackslashEscapes && delimiter === '\\') &&
    texts.every((text) => text.length <= at.MAX_NULL_BYTES)
  );
}

function setForm(bytes: ProgramBytes, { dialect, form, match }: KernelForm): void {
  const { nulls } = dialect;
  const flags =
    (form.quotesAll ? at.QUOTES_ALL : 0) |
    (form.quotesEmpty ? at.QUOTES_EMPTY : 0) |
    (match.isLoose ? at.LOOSE_HEADER : 0);
  bytes.setNumber(at.FORM, at.BY_FIELD | flags);
  bytes.setNumber(at.OUT_DELIMITER, form.delimiter.charCodeAt(0));
  bytes.setNumber(at.OUT_DELIMITER_TEXT, bytes.add(padded(form.delimiter)));
  bytes.setNumber(at.OUT_DELIMITER_LENGTH, form.delimiter.length);
  if (nulls.length > 0) bytes.setNumber(at.NULLS, bytes.add(nullTexts(nulls)));
  bytes.setNumber(at.NULL_TEXT, bytes.add(padded(form.nullText)));
  bytes.setNumber(at.NULL_TEXT_LENGTH, form.nullText.length);
}

/** With space behind it: texts are copied 32 bytes at a time. */
function padded(text: string): Uint8Array {
  return Buffer.from(text.padEnd(32, '\0'), 'latin1');
}

function nullTexts(nulls: readonly string[]): Uint8Array {
  const bytes = Buffer.alloc(4 + nulls.length * at.NULL_BYTES);
  bytes.writeUInt32LE(nulls.length);
  for (const [index, text] of nulls.entries()) {
    const start = 4 + index * at.NULL_BYTES;
    bytes.writeUInt32LE(text.length, start);
    bytes.write(text, start + at.NULL_START, 'latin1');
  }
  return bytes;
}

/** The program's bytes: a head, then the parts that `add` appends. */
class ProgramBytes {
  readonly #address: number;
  readonly #head: DataView;
  readonly #parts: Uint8Array[];
  readonly #addresses = new Map<Uint8Array, number>();
  #length: number;

  constructor(address: number, headBytes: number) {
    const head = new Uint8Array(headBytes);
    this.#address = address;
    this.#head = new DataView(head.buffer);
    this.#parts = [head];
    this.#length = headBytes;
  }

  setByte(offset: number, value: number): void {
    this.#head.setUint8(offset, value);
  }

  setNumber(offset: number, value: number): void {
    this.#head.setUint32(offset, value, true);
  }

  /** Adds bytes and returns their address. Adds each array only once. */
  add(bytes: Uint8Array): number {
    const known = this.#addresses.get(bytes);
    if (known !== undefined) return known;
    const address = this.#address + this.#length;
    this.#addresses.set(bytes, address);
    this.#parts.push(bytes);
    this.#length += bytes.length;
    return address;
  }

  all(): Uint8Array {
    return Buffer.concat(this.#parts);
  }
}
