import type { ColumnLayout, LaidOutColumn, LaidOutRule } from '../mapping/column-layout.js';
import { byteStringOfText } from '../records/byte-string.js';
import { writeRecords } from '../records/csv-writer.js';
import type { ByteForm } from '../rules/byte-form.js';
import { caseTable } from './case-table.js';
import { layOutDateOfThree, layOutDatePatterns } from './date-patterns.js';
import { HEAD, ON_INVALID, OPERATION, ROUND_UPS, STEP } from './layout.js';

/** Beyond this a record could become much longer than it was. */
const MAX_PLACES_OF_KERNEL = 1000;

const MAX_FIELDS = 2 ** 30 - 1;

/** Neither part of a number nor a letter, and no space, which rules take off. */
const DELIMITERS = /^[\t!#$%&'()*,/:;<=>?@[\\\]^_`{|}~]$/;

/** The steps for a layout, as bytes for a given address of the kernel's memory. */
export interface KernelProgram {
  readonly bytes: Uint8Array;
  /** Ruled columns in step order: where each counts its invalid fields, and the LFs of its marker. */
  readonly counters: readonly {
    readonly offset: number;
    readonly label: string;
    readonly markerLines: number;
  }[];
  /** By how many bytes a record may grow. */
  readonly growthBytes: number;
}

interface Step {
  readonly operation: keyof typeof OPERATION;
  /** A number, or bytes that stand elsewhere. */
  readonly argument: number | Uint8Array;
  readonly roundUps?: number;
  readonly by?: LaidOutRule;
  readonly label?: string;
}

/**
 * The program for a layout, to be put at `address`; or null where the kernel does not know a column's rules or the
 * delimiter: then the reference does all the work.
 */
export function layOutProgram(
  layout: ColumnLayout,
  delimiter: string,
  address: number,
): KernelProgram | null {
  const steps = DELIMITERS.test(delimiter) ? stepsOf(layout, delimiter) : null;
  if (steps === null) return null;
  const bytes = new ProgramBytes(address, HEAD.bytes + steps.length * STEP.bytes);
  const { fieldCount } = layout;
  bytes.setNumber(HEAD.fewestFields, 'exactly' in fieldCount ? fieldCount.exactly : fieldCount.atLeast);
  bytes.setNumber(HEAD.mostFields, 'exactly' in fieldCount ? fieldCount.exactly : MAX_FIELDS);
  bytes.setNumber(HEAD.pending, bytes.add(new Uint8Array(steps.length * 4)));
  if (layout.names !== null) bytes.setNumber(HEAD.header, bytes.add(headerText(layout.names, delimiter)));
  const counters = [];
  let growthBytes = 0;
  for (const [index, { operation, argument, roundUps = 0, by, label }] of steps.entries()) {
    const at = HEAD.bytes + index * STEP.bytes;
    const marker = by === undefined ? Buffer.alloc(0) : markerBytes(by.marker, delimiter);
    bytes.setByte(at + STEP.operation, OPERATION[operation]);
    bytes.setByte(at + STEP.onInvalid, by === undefined ? 0 : onInvalidOf(by));
    bytes.setByte(at + STEP.roundUps, roundUps & 0xff);
    bytes.setByte(at + STEP.roundUps + 1, roundUps >> 8);
    bytes.setNumber(at + STEP.argument, typeof argument === 'number' ? argument : bytes.add(argument));
    bytes.setNumber(at + STEP.marker, bytes.add(marker));
    bytes.setNumber(at + STEP.markerLength, marker.length);
    growthBytes += marker.length + (operation === 'round' ? (argument as number) : 0) + 300;
    if (label !== undefined) {
      const markerLines = by?.action === 'marker' ? by.marker.split('\n').length - 1 : 0;
      counters.push({ offset: at + STEP.invalidCount, label, markerLines });
    }
  }
  return { bytes: bytes.all(), counters, growthBytes };
}

/** The steps in column order, or null. */
function stepsOf({ columns, fieldCount }: ColumnLayout, delimiter: string): Step[] | null {
  const steps: Step[] = [];
  let next = 0;
  for (const column of [...columns].sort((a, b) => a.index - b.index)) {
    if (column.index > next) steps.push({ operation: 'copy', argument: column.index - next });
    const step = stepOf(column, delimiter);
    if (step === null) return null;
    steps.push(step);
    next = column.index + 1;
  }
  if (!('exactly' in fieldCount)) steps.push({ operation: 'copy', argument: 0 });
  else if (fieldCount.exactly > next) steps.push({ operation: 'copy', argument: fieldCount.exactly - next });
  return steps;
}

function stepOf({ rules, label }: LaidOutColumn, delimiter: string): Step | null {
  const [by] = rules;
  if (by === undefined || rules.length > 1) return null;
  const form: ByteForm | undefined = by.rule.byteForm;
  switch (form?.operation) {
    case undefined:
      return null;
    case 'upper':
    case 'lower':
      return { operation: form.operation, argument: caseTable(form.operation), by, label };
    case 'trim':
      return { operation: 'trim', argument: 0, by, label };
    case 'date': {
      const ofThree = layOutDateOfThree(form.from, form.to, delimiter);
      if (ofThree !== null) return { operation: 'dateOfThree', argument: ofThree, by, label };
      const patterns = layOutDatePatterns(form.from, form.to, delimiter);
      return patterns === null ? null : { operation: 'date', argument: patterns, by, label };
    }
    case 'round': {
      if (form.mode === 'unnecessary' || form.places > MAX_PLACES_OF_KERNEL) return null;
      const roundUps = ROUND_UPS[form.mode];
      return { operation: 'round', argument: form.places, roundUps, by, label };
    }
  }
}

function onInvalidOf({ action }: LaidOutRule): number {
  if (action === 'keep') return ON_INVALID.keep;
  return action === 'marker' || action === 'blank' ? ON_INVALID.writeMarker : ON_INVALID.leaveToReference;
}

/** The marker as the writer writes it; it is asked only where it might put quotes, for its first call takes long. */
function markerBytes(marker: string, delimiter: string): Buffer {
  if (/^[A-Za-z0-9 -]*$/.test(marker)) return Buffer.from(marker);
  return Buffer.from(writeRecords([[marker]], delimiter).slice(0, -1), 'latin1');
}

/** What a header record says without quotes, up to the first char that may be written in several ways, and a zero. */
function headerText(names: readonly string[], delimiter: string): Buffer {
  const text = `${names.map(byteStringOfText).join(delimiter)}\n`;
  return Buffer.from(`${text.replace(/["\u0080-\u00ff].*$/s, '')}\0`, 'latin1');
}

/** Bytes that grow at the end. */
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

  /** Adds bytes and returns their address; the same bytes are added once. */
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
