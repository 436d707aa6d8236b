import type { Findings } from '../findings.js';
import type { ColumnLayout } from '../mapping/column-layout.js';
import type { Mapping } from '../mapping/mapping.js';
import type { RecordOutput } from '../record-output.js';
import { LF } from '../records/byte-string.js';
import { countLineFeeds } from '../records/framer.js';
import { plainHeaderLine } from '../records/header.js';
import {
  FIELDS_INDEX_BYTES,
  FIRST_INVALID,
  INVALID_COUNT,
  MAX_NULL_BYTES,
  MOST_REJECTED,
  RECORDS_INDEX_BYTES,
  REJECTED,
  REJECTED_BYTES,
  REJECTED_RECORD,
  SCRATCH,
  SCRATCH_BYTES,
} from './assembly/layout.js';
import { type KernelExports, type KernelRun, PROGRAM_ADDRESS } from './instantiate.js';
import { type KernelForm, type KernelProgram, layOutProgram } from './program.js';

/**
 * Size of the read buffer. It is small, so that its bytes are still in the processor's cache when they are mapped, and large
 * enough that what is done once for each read takes little.
 */
const ROOM_BYTES = 384 * 1024;
/** Before it, there is place for so much of the line that it goes on with. */
const START_BYTES = 16 * 1024;
/** Size of one piece of input. */
const INPUT_BYTES = START_BYTES + ROOM_BYTES;
/** A line longer than this goes to the reference. SCRATCH_BYTES is for a field of that size. */
const LINE_BYTES = 256 * 1024;
/** The kernel hands over its output when it has this many bytes. */
const OUTPUT_BYTES = 384 * 1024;
/** Both indexes, some slack, and 4 bytes for each byte of a line, because one line may overrun the indexes. */
const INDEX_BYTES = RECORDS_INDEX_BYTES + FIELDS_INDEX_BYTES + 768 + 4 * LINE_BYTES;
/** The kernel loads and stores 32 bytes at a time. A load may start at the last byte of a piece. */
const SLACK_BYTES = 64;
const PAGE_BYTES = 64 * 1024;
/**
 * Upper limit of a batch for the reference. While the kernel does not understand the records, the lines of a batch
 * double up to this size. Garbage of larger batches would survive a collection of V8's young generation.
 */
const BATCH_BYTES = 8 * 1024;

/** No line has one. */
const NO_QUOTE = '\r';
const BACKSLASH = 0x5c;

/** Takes a look at single records for examples of invalid values. */
export interface Examiner {
  readonly findings: Findings;
  /** Notes what is wrong with a record of one line, which is ended by LF. */
  examine(line: Buffer, lineNumber: number): void;
}

/** The byte path. Same results as the reference, which gets the records that the kernel does not understand. */
export class KernelMapping implements Mapping {
  readonly #reference: Mapping;
  readonly #output: RecordOutput;
  /** The header's canonical line, or null if it needs quotes and must be compared field by field. */
  readonly #headerLine: Buffer | null;
  readonly #exports: KernelExports;
  readonly #run: KernelRun;
  readonly #program: KernelProgram;
  readonly #memory: Buffer;
  readonly #numbers: DataView;
  /** Addresses in the kernel's memory. */
  readonly #inputAddress: number;
  readonly #roomAddress: number;
  readonly #outputAddress: number;
  readonly #indexAddress: number;
  readonly #rejectedAddress: number;
  /** Bytes read into this buffer are mapped in place. */
  readonly room: Uint8Array;
  /** Null: nobody asks for examples. */
  readonly #examiner: Examiner | null;
  #batchLines = 1;

  private constructor(
    exports: KernelExports,
    program: KernelProgram,
    headerLine: Buffer | null,
    reference: Mapping,
    output: RecordOutput,
    examiner: Examiner | null,
  ) {
    this.#examiner = examiner;
    this.#reference = reference;
    this.#output = output;
    this.#headerLine = headerLine;
    this.#exports = exports;
    this.#program = program;
    this.#run = runOf(program, exports);
    this.#inputAddress = alignedTo16(PROGRAM_ADDRESS + program.bytes.length);
    this.#roomAddress = alignedTo16(this.#inputAddress + INPUT_BYTES + SLACK_BYTES + START_BYTES);
    this.#outputAddress = alignedTo16(this.#roomAddress + ROOM_BYTES + SLACK_BYTES);
    const { mostCopies = 1, buffers = 0 } = program.arrangement ?? {};
    // The record of one line may overrun it.
    const outputBytes = OUTPUT_BYTES + mostCopies * LINE_BYTES * growthOf(program) + program.growthBytes;
    this.#indexAddress = alignedTo16(this.#outputAddress + outputBytes + SLACK_BYTES);
    const scratch = alignedTo16(this.#indexAddress + INDEX_BYTES);
    this.#rejectedAddress = alignedTo16(scratch + buffers * SCRATCH_BYTES);
    const totalBytes = this.#rejectedAddress + MOST_REJECTED * REJECTED_BYTES;
    const { memory } = exports;
    memory.grow(Math.max(0, Math.ceil((totalBytes - memory.buffer.byteLength) / PAGE_BYTES)));
    this.#memory = Buffer.from(memory.buffer);
    this.#numbers = new DataView(memory.buffer);
    this.room = this.#memory.subarray(this.#roomAddress, this.#roomAddress + ROOM_BYTES);
    this.#memory.set(program.bytes, PROGRAM_ADDRESS);
    this.#numbers.setUint32(PROGRAM_ADDRESS + SCRATCH, scratch, true);
    this.#numbers.setUint32(PROGRAM_ADDRESS + REJECTED, this.#rejectedAddress, true);
  }

  /** A mapping for the layout in the kernel's memory, or null if a rule has no byte form. */
  static create(
    exports: KernelExports,
    layout: ColumnLayout,
    form: KernelForm,
    reference: Mapping,
    output: RecordOutput,
    examiner: Examiner | null,
  ): KernelMapping | null {
    const { delimiter, quote, hasBackslashEscapes } = form.dialect;
    const program = layout.where === null ? layOutProgram(layout, form, PROGRAM_ADDRESS) : null;
    if (program === null) return null;
    exports.setDelimiter(delimiter.charCodeAt(0));
    exports.setQuoting((quote ?? NO_QUOTE).charCodeAt(0), hasBackslashEscapes ? BACKSLASH : 0);
    // Elsewhere the header is written in another way than it is read.
    const headerLine =
      layout.names === null || program.isByField ? null : plainHeaderLine(layout.names, delimiter);
    return new KernelMapping(exports, program, headerLine, reference, output, examiner);
  }

  mapLines(lines: Buffer, firstLineNumber: number): number {
    let lineNumber = firstLineNumber;
    for (let from = 0; from < lines.length; ) {
      const end = endOfPiece(lines, from);
      if (end > from) {
        lineNumber += this.#mapPiece(lines.subarray(from, end), lineNumber);
        from = end;
      } else {
        const longLine = lines.subarray(from, lines.indexOf(LF, from) + 1);
        lineNumber += this.#mapByReference(longLine, lineNumber);
        from += longLine.length;
      }
    }
    return lineNumber - firstLineNumber;
  }

  keepStart(start: Buffer): Buffer | null {
    if (start.length > START_BYTES) return null;
    const kept = this.#memory.subarray(this.#roomAddress - start.length, this.#roomAddress);
    kept.set(start);
    return kept;
  }

  mapSpanningRecord(record: Buffer, firstLineNumber: number): void {
    this.#reference.mapSpanningRecord(record, firstLineNumber);
  }

  /** A header equal to the canonical line skips csv-parse, whose first call costs a tenth of the start-up time. */
  #mapByReference(lines: Buffer, firstLineNumber: number): number {
    if (!this.#headerLine?.equals(lines)) return this.#reference.mapLines(lines, firstLineNumber);
    this.#output.takeHeaderLine(lines);
    return 1;
  }

  #mapPiece(piece: Buffer, firstLineNumber: number): number {
    const isInRoom = piece.buffer === this.#memory.buffer;
    const input = isInRoom ? piece.byteOffset : this.#inputAddress;
    const output = this.#outputAddress;
    const end = input + piece.length;
    let lineNumber = firstLineNumber;
    if (!isInRoom) this.#memory.set(piece, input);
    for (let at = input; at < end; ) {
      const from = at;
      this.#run(at, end, output, output + OUTPUT_BYTES, this.#indexAddress, PROGRAM_ADDRESS);
      const records = this.#exports.records.value;
      const outputEnd = this.#exports.out.value;
      at = this.#exports.at.value;
      if (records > 0) {
        this.#handOver(this.#memory.subarray(output, outputEnd), records, { from, lineNumber });
        lineNumber += records;
        this.#batchLines = 1;
      }
      if (at < end && outputEnd < output + OUTPUT_BYTES) {
        const lines = firstLines(piece.subarray(at - input), this.#batchLines);
        lineNumber += this.#mapByReference(lines, lineNumber);
        at += lines.length;
        if (lines.length < BATCH_BYTES) this.#batchLines *= 2;
      }
    }
    return lineNumber - firstLineNumber;
  }

  /** `records`: those written and those rejected. `start` is the address of the first in the input, and its line number. */
  #handOver(
    bytes: Buffer,
    records: number,
    start: { readonly from: number; readonly lineNumber: number },
  ): void {
    const invalid = [];
    /** Addresses of records in the input that have an example of an invalid value. */
    const examples = [];
    const written = records - this.#exports.rejected.value;
    let lines = written;
    for (const { offset, label, markerLines } of this.#program.counters) {
      const fields = this.#numbers.getUint32(PROGRAM_ADDRESS + offset, true);
      if (fields === 0) continue;
      if (this.#examiner?.findings.lacks(label) === true) examples.push(this.#firstInvalid(offset));
      this.#numbers.setUint32(PROGRAM_ADDRESS + offset, 0, true);
      invalid.push({ label, fields });
      lines += fields * markerLines;
    }
    this.#output.takeMapped({ bytes, records: written, lines, invalid });
    // In the order of the records: the first one may be the example of several columns.
    let mapped = 0;
    for (const address of examples.sort((one, other) => one - other)) {
      mapped = this.#mapRejected(mapped, address, start.lineNumber);
      this.#examine(address, start);
    }
    this.#mapRejected(mapped, this.#memory.length, start.lineNumber);
  }

  /**
   * Has the reference map the rejected records of the last run, from the one with the index `first` to those before the
   * address `end`. Returns the index of the next one.
   */
  #mapRejected(first: number, end: number, firstLineNumber: number): number {
    const count = this.#exports.rejected.value;
    let next = first;
    while (next < count) {
      const { address, record } = this.#rejectedAt(next);
      if (address >= end) break;
      let linesEnd = address;
      // Lines that follow each other take less time together.
      for (let following = record; next < count && linesEnd - address < BATCH_BYTES; next++, following++) {
        if (this.#rejectedAt(next).record !== following) break;
        linesEnd = this.#memory.indexOf(LF, linesEnd) + 1;
      }
      this.#reference.mapLines(this.#memory.subarray(address, linesEnd), firstLineNumber + record);
    }
    return next;
  }

  /** A rejected record of the last run: its address, and how many records were before it. */
  #rejectedAt(index: number): { readonly address: number; readonly record: number } {
    const entry = this.#rejectedAddress + index * REJECTED_BYTES;
    return {
      address: this.#numbers.getUint32(entry, true),
      record: this.#numbers.getUint32(entry + REJECTED_RECORD, true),
    };
  }

  /** The address of the first record with an invalid field of a step, whose count is at the offset. */
  #firstInvalid(offset: number): number {
    return this.#numbers.getUint32(PROGRAM_ADDRESS + offset - INVALID_COUNT + FIRST_INVALID, true);
  }

  /** Looks at the record at an address. */
  #examine(
    address: number,
    { from, lineNumber }: { readonly from: number; readonly lineNumber: number },
  ): void {
    const line = this.#memory.subarray(address, this.#memory.indexOf(LF, address) + 1);
    this.#examiner?.examine(line, lineNumber + countLineFeeds(this.#memory.subarray(from, address)));
  }
}

/** The end of the lines from `from` that are a piece of input; at most `from` if the first line is too long. */
function endOfPiece(lines: Buffer, from: number): number {
  const isLast = lines.length - from <= INPUT_BYTES;
  const end = isLast ? lines.length : lines.lastIndexOf(LF, from + INPUT_BYTES - 1) + 1;
  // A line that is too long would have all the bytes between these.
  const isOfShortLines =
    end - from <= LINE_BYTES || lines.indexOf(LF, end - 1 - LINE_BYTES) < from + LINE_BYTES;
  return isOfShortLines ? end : lines.lastIndexOf(LF, from + LINE_BYTES - 1) + 1;
}

/** The first `count` lines, fewer if some of them start after BATCH_BYTES. */
function firstLines(lines: Buffer, count: number): Buffer {
  let end = 0;
  for (let left = count; left > 0 && end < lines.length && end < BATCH_BYTES; left--) {
    end = lines.indexOf(LF, end) + 1;
  }
  return lines.subarray(0, end);
}

/** How many times longer the fields of a record may become: by quotes, by the text of nulls and by delimiters. */
function growthOf({ isByField }: KernelProgram): number {
  return isByField ? 2 * MAX_NULL_BYTES + 4 : 1;
}

function runOf({ isByField, arrangement }: KernelProgram, exports: KernelExports): KernelRun {
  if (arrangement === null) return isByField ? exports.runByField : exports.run;
  return isByField ? exports.runArrangedByField : exports.runArranged;
}

function alignedTo16(address: number): number {
  return Math.ceil(address / 16) * 16;
}
