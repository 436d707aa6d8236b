import type { KernelForm } from '../kernel/program.js';
import { LF, QUOTE } from '../records/byte-string.js';
import { plainHeaderLine } from '../records/header.js';
import { headerStartOf, type MayStartHeader } from '../records/header-start.js';
import type { Mapping } from './mapping.js';
import type { OriginalLines } from './original-lines.js';
import type { Projection } from './projection.js';

const SCRATCH_BYTES = 64 * 1024;
/** A UTF-8 byte order mark, which a header keeps where files were joined. */
const MARK = [0xef, 0xbb, 0xbf] as const;

/**
 * Maps records whose columns stand elsewhere than planned: writes the fields of a line in the planned order, and gives the
 * lines to a mapping for the planned columns. Lines with quotes, headers and lines of another width go to the reference.
 */
export class ProjectedMapping implements Mapping {
  readonly #planned: Mapping;
  readonly #reference: Mapping;
  readonly #originals: OriginalLines;
  readonly #delimiter: number;
  readonly #sources: Int32Array;
  readonly #width: number;
  /** Null where the header has no plain line of its own, or names need not be spelt like it. */
  readonly #headerLine: Buffer | null;
  readonly #mayStartHeader: MayStartHeader;
  /** Where the fields of a line start, and after the last one where the next line starts. */
  readonly #starts: Int32Array;
  #scratch = Buffer.allocUnsafe(SCRATCH_BYTES);
  #room: Buffer | undefined;

  /**
   * `planned` takes records in the planned order and no headers, `reference` records of the input as they are.
   * `originals` gets what `planned` leaves.
   */
  constructor(
    planned: Mapping,
    reference: Mapping,
    originals: OriginalLines,
    { dialect, match }: Pick<KernelForm, 'dialect' | 'match'>,
    { names, sources }: Projection,
  ) {
    this.#planned = planned;
    this.#reference = reference;
    this.#originals = originals;
    this.#delimiter = dialect.delimiter.charCodeAt(0);
    this.#sources = Int32Array.from(sources);
    this.#width = names.length;
    this.#headerLine = match.isLoose ? null : plainHeaderLine(names, dialect.delimiter);
    this.#mayStartHeader = headerStartOf([names], dialect);
    this.#starts = new Int32Array(names.length + 1);
  }

  get room(): Uint8Array {
    this.#room ??= Buffer.allocUnsafe(SCRATCH_BYTES);
    return this.#room;
  }

  mapLines(lines: Buffer, firstLineNumber: number): number {
    const count = lines.length;
    let lineNumber = firstLineNumber;
    let batchFrom = 0;
    let batchLine = firstLineNumber;
    let filled = 0;
    const flush = (to: number) => {
      if (filled > 0) {
        this.#originals.follow(lines.subarray(batchFrom, to), batchLine);
        this.#planned.mapLines(this.#scratch.subarray(0, filled), batchLine);
      }
      filled = 0;
      batchFrom = to;
      batchLine = lineNumber;
    };
    for (let from = 0; from < count; ) {
      const end = this.#indexLine(lines, from);
      if (end > 0) {
        // A projected line may repeat no field, so it is not longer than the line and a delimiter for each column.
        const needed = end - from + this.#sources.length + 1;
        if (filled + needed > this.#scratch.length) {
          flush(from);
          if (needed > this.#scratch.length) this.#scratch = Buffer.allocUnsafe(2 * needed);
        }
        filled = this.#writeProjected(lines, filled);
        from = end;
      } else {
        flush(from);
        const next = lines.indexOf(LF, from) + 1;
        this.#reference.mapLines(lines.subarray(from, next), lineNumber);
        batchFrom = next;
        batchLine = lineNumber + 1;
        from = next;
      }
      lineNumber++;
    }
    flush(count);
    return lineNumber - firstLineNumber;
  }

  mapSpanningRecord(record: Buffer, firstLineNumber: number): void {
    this.#reference.mapSpanningRecord(record, firstLineNumber);
  }

  /** Notes where the fields of the line start. Returns the start of the next line; 0 for a line for the reference. */
  #indexLine(lines: Buffer, from: number): number {
    const starts = this.#starts;
    const delimiter = this.#delimiter;
    const width = this.#width;
    starts[0] = from;
    let field = 0;
    for (let at = from; ; at++) {
      const byte = lines[at];
      if (byte === QUOTE) return 0;
      if (byte === LF) {
        if (field !== width - 1 || this.#mayBeHeader(lines, from, at + 1)) return 0;
        starts[width] = at + 1;
        return at + 1;
      }
      if (byte !== delimiter) continue;
      field++;
      if (field === width) return 0;
      starts[field] = at + 1;
    }
  }

  /** Whether a line may be a header, so that the reference has to compare it. */
  #mayBeHeader(lines: Buffer, from: number, end: number): boolean {
    const header = this.#headerLine;
    if (header === null) return this.#mayStartHeader(lines, from);
    const start = lines[from] === MARK[0] && lines[from + 1] === MARK[1] ? from + MARK.length : from;
    return header.length === end - start && header.compare(lines, start, end) === 0;
  }

  #writeProjected(lines: Buffer, position: number): number {
    const sources = this.#sources;
    const starts = this.#starts;
    const scratch = this.#scratch;
    let to = position;
    for (let index = 0; index < sources.length; index++) {
      const source = sources[index] as number;
      if (source >= 0) {
        const end = (starts[source + 1] as number) - 1;
        for (let at = starts[source] as number; at < end; at++) scratch[to++] = lines[at] as number;
      }
      scratch[to++] = this.#delimiter;
    }
    scratch[to - 1] = LF;
    return to;
  }
}
