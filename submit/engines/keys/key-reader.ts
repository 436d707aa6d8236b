import { plainDialect } from '../../../mapper/records/dialect.js';
import { RecordFramer, type RecordHandler } from '../../../mapper/records/framer.js';
import type { KeyLayout } from '../engine.js';
import { BACKSLASH, escapeOf, SEPARATOR } from './key-form.js';
import { headerLinesOf, type IsHeaderLine } from './written-header.js';

const LF = 0x0a;
const QUOTE = 0x22;
/** No record of a part file is longer, unless it is malformed. */
const MAX_RECORD_BYTES = 1024 ** 3;
const FIRST_FORM_BYTES = 4096;

/**
 * Reads the keys of one part file, or of the lines of it that a task reads. Calls `onKey` with the form of each
 * record's key, valid only during the call. Headers and malformed lines have no key.
 */
export class KeyReader implements RecordHandler {
  readonly #layout: KeyLayout;
  readonly #onKey: (form: Buffer) => void;
  readonly #framer: RecordFramer;
  /** The bytes of the delimiter. */
  readonly #delimiter: Buffer;
  /** Without quotes, a field with this text is null, and so it is empty. */
  readonly #nullText: Buffer;
  readonly #isHeader: IsHeaderLine;
  /** Start and end in the input of each field up to the last one of the key, and whether it is quoted. */
  readonly #bounds: Int32Array;
  #form = Buffer.allocUnsafe(FIRST_FORM_BYTES);
  #length = 0;

  constructor(layout: KeyLayout, onKey: (form: Buffer) => void) {
    this.#layout = layout;
    this.#onKey = onKey;
    this.#delimiter = Buffer.from(layout.delimiter);
    this.#nullText = Buffer.from(layout.form?.null ?? '');
    this.#isHeader = headerLinesOf(layout);
    this.#bounds = new Int32Array(3 * (Math.max(...layout.key) + 1));
    this.#framer = new RecordFramer(
      {
        dialect: plainDialect(layout.delimiter),
        lineBreaks: 'yes',
        maxRecordBytes: MAX_RECORD_BYTES,
        dropBom: false,
      },
      this,
    );
  }

  /** Takes the next bytes; they may be reused after the call. */
  push(chunk: Uint8Array): void {
    this.#framer.push(chunk);
  }

  /** Ends the file. */
  end(): void {
    this.#framer.end();
  }

  lines(bytes: Buffer): number {
    let count = 0;
    let from = 0;
    for (let to = bytes.indexOf(LF); to >= 0; to = bytes.indexOf(LF, from)) {
      count += 1;
      this.#record(bytes, from, to);
      from = to + 1;
    }
    return count;
  }

  spanningRecord(bytes: Buffer): void {
    this.#record(bytes, 0, bytes.length - 1);
  }

  malformedLine(): void {
    // Its fields can't be told apart.
  }

  lineTooLong(): never {
    throw new Error('No line of a part file is this long');
  }

  lineBreakInQuotes(): never {
    throw new Error('Line breaks in quotes are allowed here');
  }

  /** Takes the well-formed record between `from` and its LF at `to`. */
  #record(bytes: Buffer, from: number, to: number): void {
    if (this.#isHeader(bytes, from, to + 1)) return;
    this.#findFields(bytes, from, to);
    this.#length = 0;
    const { key } = this.#layout;
    for (let at = 0; at < key.length; at += 1) {
      if (at > 0) this.#appendSeparator();
      this.#appendField(bytes, key[at] as number);
    }
    this.#onKey(this.#form.subarray(0, this.#length));
  }

  /** Finds the fields up to the last one of the key; those that the record lacks are empty. */
  #findFields(bytes: Buffer, from: number, to: number): void {
    const bounds = this.#bounds;
    let at = from;
    for (let slot = 0; slot < bounds.length; slot += 3) {
      const isQuoted = at < to && bytes[at] === QUOTE;
      const end = isQuoted ? endOfQuoted(bytes, at) : this.#endOfPlain(bytes, at, to);
      bounds[slot] = isQuoted ? at + 1 : at;
      bounds[slot + 1] = end;
      bounds[slot + 2] = isQuoted ? 1 : 0;
      // After the delimiter; beyond the record once it has no more fields.
      at = Math.min(to, (isQuoted ? end + 1 : end) + this.#delimiter.length);
    }
  }

  #endOfPlain(bytes: Buffer, from: number, to: number): number {
    const delimiter = this.#delimiter;
    const first = delimiter[0];
    let at = from;
    while (at < to && (bytes[at] !== first || !isAt(delimiter, bytes, at))) at += 1;
    return at;
  }

  #appendSeparator(): void {
    this.#makeRoom(2);
    this.#form[this.#length++] = BACKSLASH;
    this.#form[this.#length++] = SEPARATOR;
  }

  #appendField(bytes: Buffer, index: number): void {
    const from = this.#bounds[3 * index] as number;
    const to = this.#bounds[3 * index + 1] as number;
    const isQuoted = this.#bounds[3 * index + 2] === 1;
    if (!isQuoted && this.#isNull(bytes, from, to)) return;
    this.#makeRoom(2 * (to - from));
    const form = this.#form;
    let length = this.#length;
    for (let at = from; at < to; at += 1) {
      const byte = bytes[at] as number;
      if (isQuoted && byte === QUOTE) at += 1;
      const escaped = byte > BACKSLASH ? undefined : escapeOf(byte);
      if (escaped === undefined) {
        form[length++] = byte;
      } else {
        form[length++] = BACKSLASH;
        form[length++] = escaped;
      }
    }
    this.#length = length;
  }

  #isNull(bytes: Buffer, from: number, to: number): boolean {
    const text = this.#nullText;
    return to - from === text.length && isAt(text, bytes, from);
  }

  #makeRoom(byteCount: number): void {
    const needed = this.#length + byteCount;
    if (needed <= this.#form.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#form.length));
    this.#form.copy(larger, 0, 0, this.#length);
    this.#form = larger;
  }
}

/** Whether the text is at a position. */
function isAt(text: Buffer, bytes: Buffer, at: number): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (bytes[at + index] !== text[index]) return false;
  }
  return true;
}

/** The position of the quote that closes the field whose opening quote is at `from`. */
function endOfQuoted(bytes: Buffer, from: number): number {
  let at = bytes.indexOf(QUOTE, from + 1);
  while (bytes[at + 1] === QUOTE) at = bytes.indexOf(QUOTE, at + 2);
  return at;
}
