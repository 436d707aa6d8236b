import type { ColumnLayout, LaidOutRule } from '../mapping/column-layout.js';
import { byteStringOfText } from '../records/byte-string.js';
import { writeRecords } from '../records/csv-writer.js';
import type { ByteForm } from '../rules/byte-form.js';
import type { RoundingMode } from '../rules/rounding-mode.js';
import { type Arrangement, arrangeSteps, needsArrangement, type Step } from './arranged-steps.js';
import * as at from './assembly/layout.js';
import { caseTable } from './case-table.js';
import { layOutDateOfThree, layOutDatePatterns } from './date-patterns.js';

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
  /** Null for a program that copies or maps each field of the data in its place. */
  readonly arrangement: Arrangement | null;
}

/**
 * The program for a layout, to be copied to `address`. Null if the kernel does not know a column's rules or the
 * delimiter; the reference then maps everything.
 */
export function layOutProgram(
  layout: ColumnLayout,
  delimiter: string,
  address: number,
): KernelProgram | null {
  if (!DELIMITERS.test(delimiter)) return null;
  const arranged = needsArrangement(layout)
    ? arrangeSteps(layout, (by, label) => stepOf(by, label, delimiter))
    : null;
  const steps = needsArrangement(layout) ? arranged?.steps : stepsOf(layout, delimiter);
  if (steps === undefined || steps === null) return null;
  const head = at.PROGRAM_HEAD + steps.length * at.STEP_BYTES;
  const bytes = new ProgramBytes(address, head);
  const { fieldCount } = layout;
  bytes.setNumber(at.FEWEST_FIELDS, 'exactly' in fieldCount ? fieldCount.exactly : fieldCount.atLeast);
  bytes.setNumber(at.MOST_FIELDS, 'exactly' in fieldCount ? fieldCount.exactly : MAX_FIELDS);
  bytes.setNumber(at.PENDING, bytes.add(new Uint8Array(steps.length * 4)));
  bytes.setNumber(at.STEPS_END, address + head);
  bytes.setNumber(at.HAS_ONE_COLUMN, Number(layout.output?.columns.length === 1));
  if (layout.names !== null) bytes.setNumber(at.HEADER, bytes.add(headerText(layout.names, delimiter)));
  const counters = [];
  let growthBytes = 0;
  for (const [index, step] of steps.entries()) {
    const { operation, argument, roundUps = 0, by, label, field = 0, flags = 0 } = step;
    const start = at.PROGRAM_HEAD + index * at.STEP_BYTES;
    const marker = by === undefined ? Buffer.alloc(0) : markerBytes(by.marker, delimiter);
    bytes.setByte(start + at.OPERATION, operation);
    bytes.setByte(start + at.ON_INVALID, by === undefined ? 0 : onInvalidOf(by));
    bytes.setByte(start + at.ROUND_UPS, roundUps & 0xff);
    bytes.setByte(start + at.ROUND_UPS + 1, roundUps >> 8);
    bytes.setNumber(start + at.ARGUMENT, typeof argument === 'number' ? argument : bytes.add(argument));
    bytes.setNumber(start + at.MARKER, bytes.add(marker));
    bytes.setNumber(start + at.MARKER_LENGTH, marker.length);
    bytes.setNumber(start + at.FIELD, field);
    bytes.setByte(start + at.FLAGS, flags);
    growthBytes += marker.length + (operation === at.ROUND ? (argument as number) : 0) + 300;
    if (label !== undefined) {
      const markerLines = by?.action === 'marker' ? by.marker.split('\n').length - 1 : 0;
      counters.push({ offset: start + at.INVALID_COUNT, label, markerLines });
    }
  }
  return { bytes: bytes.all(), counters, growthBytes, arrangement: arranged?.arrangement ?? null };
}

/** The steps in column order, or null if the kernel does not know a column's rules. */
function stepsOf({ columns, fieldCount }: ColumnLayout, delimiter: string): Step[] | null {
  const steps: Step[] = [];
  let next = 0;
  for (const column of [...columns].sort((a, b) => a.index - b.index)) {
    if (column.index > next) steps.push({ operation: at.COPY, argument: column.index - next });
    const [by] = column.rules;
    const step = by === undefined ? null : stepOf(by, column.label, delimiter);
    if (step === null) return null;
    steps.push(step);
    next = column.index + 1;
  }
  if (!('exactly' in fieldCount)) steps.push({ operation: at.COPY, argument: at.ALL_FIELDS });
  else if (fieldCount.exactly > next) steps.push({ operation: at.COPY, argument: fieldCount.exactly - next });
  return steps;
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
      const ofThree = layOutDateOfThree(form.from, form.to, delimiter);
      if (ofThree !== null) return { operation: at.DATE_OF_THREE, argument: ofThree, by, label };
      const patterns = layOutDatePatterns(form.from, form.to, delimiter);
      return patterns === null ? null : { operation: at.DATE, argument: patterns, by, label };
    }
    case 'round': {
      if (form.mode === 'unnecessary' || form.places > MAX_PLACES_OF_KERNEL) return null;
      const roundUps = ROUND_UPS[form.mode];
      return { operation: at.ROUND, argument: form.places, roundUps, by, label };
    }
  }
}

function onInvalidOf({ action }: LaidOutRule): number {
  if (action === 'keep') return at.KEEP;
  return action === 'marker' || action === 'blank' ? at.WRITE_MARKER : at.LEAVE_TO_REFERENCE;
}

/** The marker as CSV. The first call of csv-stringify is slow, so it is called only if quotes may be needed. */
function markerBytes(marker: string, delimiter: string): Buffer {
  if (/^[A-Za-z0-9 -]*$/.test(marker)) return Buffer.from(marker);
  return Buffer.from(writeRecords([[marker]], delimiter).slice(0, -1), 'latin1');
}

/** The header without quotes, cut before the first quote or non-ASCII character, then a zero byte. */
function headerText(names: readonly string[], delimiter: string): Buffer {
  const text = `${names.map(byteStringOfText).join(delimiter)}\n`;
  return Buffer.from(`${text.replace(/["\u0080-\u00ff].*$/s, '')}\0`, 'latin1');
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
