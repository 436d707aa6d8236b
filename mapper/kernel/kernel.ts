import type { MapperCounts } from '../contract.js';
import type { ColumnLayout } from '../mapping/column-layout.js';
import { LF } from '../records/byte-string.js';
import { FIELDS_INDEX_BYTES, RECORDS_INDEX_BYTES } from './assembly/layout.js';
import { instantiateKernel, type KernelExports } from './instantiate.js';
import { type KernelProgram, layOutProgram } from './program.js';

/** Lines are taken in pieces of at most so many bytes; a longer line is for the reference. */
const INPUT_BYTES = 256 * 1024;
/** The room for what is read: few enough that it is still in the processor's cache when it is mapped. */
const ROOM_BYTES = 256 * 1024;
/** The kernel stops to hand over its output when it has so much. */
const OUTPUT_BYTES = 256 * 1024;
/** Room for both indexes, 768 bytes more, and 4 bytes for each byte of input: one line may go beyond the indexes. */
const INDEX_BYTES = RECORDS_INDEX_BYTES + FIELDS_INDEX_BYTES + 768 + 4 * INPUT_BYTES;
/** What is read and written at once, 32 bytes, may begin at the last byte of a piece. */
const SLACK_BYTES = 64;
const PAGE_BYTES = 64 * 1024;
/** Below this address are the constants of the module. */
const PROGRAM_ADDRESS = 1024;
/**
 * Records in a row that are not understood go to the reference in batches whose number of lines doubles until they
 * come to so many bytes: with more, what is made of them would outlive the collection of the youngest garbage.
 */
const BATCH_BYTES = 8 * 1024;

/** What the kernel needs from the pipeline. */
export interface KernelHost {
  readonly counts: MapperCounts;
  /** Takes output, which is valid only during the call. */
  write(bytes: Buffer): void;
  /** Maps whole lines, the first of them the line of the number, and returns how many they were. */
  reference(lines: Buffer, firstLineNumber: number): number;
}

/** The byte path: gives what the reference gives, and gives the reference what it does not understand. */
export class Kernel {
  readonly #host: KernelHost;
  readonly #exports: KernelExports;
  readonly #program: KernelProgram;
  readonly #memory: Buffer;
  readonly #numbers: DataView;
  readonly #input: number;
  readonly #output: number;
  readonly #index: number;
  /** Lines in here are mapped where they are; others are copied. */
  readonly room: Buffer;
  #batchLines = 1;

  private constructor(host: KernelHost, exports: KernelExports, program: KernelProgram) {
    this.#host = host;
    this.#exports = exports;
    this.#program = program;
    this.#input = alignedTo16(PROGRAM_ADDRESS + program.bytes.length);
    const room = alignedTo16(this.#input + INPUT_BYTES + SLACK_BYTES);
    this.#output = alignedTo16(room + ROOM_BYTES + SLACK_BYTES);
    this.#index = alignedTo16(this.#output + OUTPUT_BYTES + INPUT_BYTES + program.growthBytes + SLACK_BYTES);
    const totalBytes = this.#index + INDEX_BYTES;
    const { memory } = exports;
    memory.grow(Math.max(0, Math.ceil((totalBytes - memory.buffer.byteLength) / PAGE_BYTES)));
    this.#memory = Buffer.from(memory.buffer);
    this.#numbers = new DataView(memory.buffer);
    this.room = this.#memory.subarray(room, room + ROOM_BYTES);
    this.#memory.set(program.bytes, PROGRAM_ADDRESS);
  }

  /** A kernel for the layout; or null where it has no byte path, or the machine none for the kernel. */
  static create(layout: ColumnLayout, delimiter: string, host: KernelHost): Kernel | null {
    const program = layOutProgram(layout, delimiter, PROGRAM_ADDRESS);
    const exports = program === null ? null : instantiateKernel();
    if (program === null || exports === null) return null;
    exports.setDelimiter(delimiter.charCodeAt(0));
    return new Kernel(host, exports, program);
  }

  /** Maps well-formed records of one line each, ended by LF; returns how many they are. */
  take(lines: Buffer, firstLineNumber: number): number {
    let lineNumber = firstLineNumber;
    for (let from = 0; from < lines.length; ) {
      const fits = lines.length - from <= INPUT_BYTES;
      const end = fits ? lines.length : lines.lastIndexOf(LF, from + INPUT_BYTES - 1) + 1;
      if (end > from) {
        lineNumber += this.#mapPiece(lines.subarray(from, end), lineNumber);
        from = end;
      } else {
        const longLine = lines.subarray(from, lines.indexOf(LF, from) + 1);
        lineNumber += this.#host.reference(longLine, lineNumber);
        from += longLine.length;
      }
    }
    return lineNumber - firstLineNumber;
  }

  #mapPiece(piece: Buffer, firstLineNumber: number): number {
    const isInRoom = piece.buffer === this.#memory.buffer;
    const input = isInRoom ? piece.byteOffset : this.#input;
    const output = this.#output;
    const end = input + piece.length;
    let lineNumber = firstLineNumber;
    if (!isInRoom) this.#memory.set(piece, input);
    for (let at = input; at < end; ) {
      this.#exports.run(at, end, output, output + OUTPUT_BYTES, this.#index, PROGRAM_ADDRESS);
      const records = this.#exports.records.value;
      const outputEnd = this.#exports.out.value;
      at = this.#exports.at.value;
      lineNumber += records;
      if (records > 0) {
        this.#count(records);
        this.#host.write(this.#memory.subarray(output, outputEnd));
        this.#batchLines = 1;
      }
      if (at < end && outputEnd < output + OUTPUT_BYTES) {
        const lines = firstLines(piece.subarray(at - input), this.#batchLines);
        lineNumber += this.#host.reference(lines, lineNumber);
        at += lines.length;
        if (lines.length < BATCH_BYTES) this.#batchLines *= 2;
      }
    }
    return lineNumber - firstLineNumber;
  }

  #count(records: number): void {
    const { counts } = this.#host;
    counts.recordsRead += records;
    counts.recordsWritten += records;
    counts.linesWritten += records;
    for (const { offset, label, markerLines } of this.#program.counters) {
      const invalid = this.#numbers.getUint32(PROGRAM_ADDRESS + offset, true);
      if (invalid === 0) continue;
      this.#numbers.setUint32(PROGRAM_ADDRESS + offset, 0, true);
      counts.invalid[label] = (counts.invalid[label] ?? 0) + invalid;
      counts.linesWritten += invalid * markerLines;
    }
  }
}

/** As many lines, or fewer where they come to BATCH_BYTES. */
function firstLines(lines: Buffer, count: number): Buffer {
  let end = 0;
  for (let left = count; left > 0 && end < lines.length && end < BATCH_BYTES; left--) {
    end = lines.indexOf(LF, end) + 1;
  }
  return lines.subarray(0, end);
}

function alignedTo16(address: number): number {
  return Math.ceil(address / 16) * 16;
}
