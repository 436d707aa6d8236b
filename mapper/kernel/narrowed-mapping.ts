import type { Mapping } from '../mapping/mapping.js';
import type { OriginalLines } from '../mapping/original-lines.js';
import { LF } from '../records/byte-string.js';
import type { Dialect } from '../records/dialect.js';

/** Stands for a delimiter of several bytes: the unit separator, which texts hardly have. */
const NARROW_DELIMITER = '\u001f';
const NARROW = 0x1f;
const ROOM_BYTES = 256 * 1024;

/** The dialect that the kernel gets; null if it would not know it either. */
export function narrowedDialect(dialect: Dialect): Dialect | null {
  const { delimiter, hasBackslashEscapes, quote } = dialect;
  const isWide = delimiter.length > 1 && !hasBackslashEscapes;
  return isWide && !delimiter.includes(NARROW_DELIMITER) && quote !== NARROW_DELIMITER
    ? { ...dialect, delimiter: NARROW_DELIMITER }
    : null;
}

/**
 * Maps data whose delimiter has several bytes: puts one byte in its place and has `narrow` map that. Lines with quotes,
 * and the few that have this byte already, go to the reference as they are.
 */
export class NarrowedMapping implements Mapping {
  readonly #narrow: Mapping;
  readonly #reference: Mapping;
  readonly #originals: OriginalLines;
  readonly #delimiter: Buffer;
  /** A quote's byte; that of the narrow delimiter if no field is quoted. */
  readonly #quote: number;
  #narrowed = Buffer.allocUnsafe(ROOM_BYTES);
  readonly room: Uint8Array = Buffer.allocUnsafe(ROOM_BYTES);

  /** `narrow` maps the narrowed dialect, `reference` the dialect itself. `originals` gets what `narrow` leaves. */
  constructor(dialect: Dialect, narrow: Mapping, reference: Mapping, originals: OriginalLines) {
    this.#originals = originals;
    this.#narrow = narrow;
    this.#reference = reference;
    this.#delimiter = Buffer.from(dialect.delimiter, 'latin1');
    this.#quote = dialect.quote === null ? NARROW : dialect.quote.charCodeAt(0);
  }

  mapLines(lines: Buffer, firstLineNumber: number): number {
    let lineNumber = firstLineNumber;
    for (let from = 0; from < lines.length; ) {
      const other = this.#nextOther(lines, from);
      const end = other < 0 ? lines.length : lines.lastIndexOf(LF, other) + 1;
      if (end > from) {
        const original = lines.subarray(from, end);
        this.#originals.follow(original, lineNumber);
        lineNumber += this.#narrow.mapLines(this.#narrowLines(original), lineNumber);
        from = end;
      } else {
        const line = lines.subarray(from, lines.indexOf(LF, from) + 1);
        lineNumber += this.#reference.mapLines(line, lineNumber);
        from += line.length;
      }
    }
    return lineNumber - firstLineNumber;
  }

  mapSpanningRecord(record: Buffer, firstLineNumber: number): void {
    this.#reference.mapSpanningRecord(record, firstLineNumber);
  }

  /** The next byte that the narrow form can't have. */
  #nextOther(lines: Buffer, from: number): number {
    const quote = lines.indexOf(this.#quote, from);
    const before = quote < 0 ? lines.subarray(from) : lines.subarray(from, quote);
    const narrow = before.indexOf(NARROW);
    return narrow < 0 ? quote : from + narrow;
  }

  /** The same lines with one byte for each delimiter; valid until the next call. */
  #narrowLines(lines: Buffer): Buffer {
    if (this.#narrowed.length < lines.length) this.#narrowed = Buffer.allocUnsafe(lines.length);
    const narrowed = this.#narrowed;
    const delimiter = this.#delimiter;
    const first = delimiter[0];
    let end = 0;
    for (let at = 0; at < lines.length; ) {
      const byte = lines[at] as number;
      if (byte === first && isAt(delimiter, lines, at)) {
        narrowed[end++] = NARROW;
        at += delimiter.length;
      } else {
        narrowed[end++] = byte;
        at++;
      }
    }
    return narrowed.subarray(0, end);
  }
}

function isAt(wanted: Buffer, bytes: Buffer, at: number): boolean {
  for (let index = 1; index < wanted.length; index++) {
    if (bytes[at + index] !== wanted[index]) return false;
  }
  return true;
}
