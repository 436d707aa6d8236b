import type { GrowingBytes } from './growing-bytes.js';
import { WorkbookFlaw } from './workbook-flaw.js';
import type { FieldForm } from './workbook-reading.js';

const LF = 0x0a;
const CR = 0x0d;
const BACKSLASH = 0x5c;
const PLAIN = 0;
const NEEDS_QUOTES = 1;
const NEEDS_ESCAPE = 2;
const BYTE_ORDER_MARK = Buffer.from('\ufeff');
const DIGITS = Buffer.from('0123456789.-');
const SEPARATOR = Buffer.from('sep=');

/** Writes texts of cells as fields of CSV. */
export class FieldWriter {
  readonly delimiter: Buffer;
  /** Whether numbers without exponent need no quotes, but perhaps at the start of a line. */
  readonly digitsArePlain: boolean;
  readonly #kinds = new Uint8Array(256);
  readonly #quote: number | null;
  readonly #form: FieldForm;
  readonly #comment: Buffer | null;

  constructor(form: FieldForm) {
    const { delimiter, quote, hasBackslashEscapes, comment } = form;
    this.#form = form;
    this.delimiter = Buffer.from(delimiter);
    this.#quote = quote === null ? null : quote.charCodeAt(0);
    this.#comment = comment === null ? null : Buffer.from(comment);
    // The first byte of a delimiter of several could become part of one together with what follows.
    for (const byte of [this.delimiter[0] as number, CR, LF]) this.#kinds[byte] = NEEDS_QUOTES;
    if (this.#quote !== null) this.#kinds[this.#quote] = NEEDS_QUOTES | NEEDS_ESCAPE;
    if (hasBackslashEscapes) this.#kinds[BACKSLASH] = NEEDS_ESCAPE;
    this.digitsArePlain = this.isPlain(DIGITS, 0, DIGITS.length);
  }

  /** Whether a field needs neither quotes nor escapes, but perhaps at the start of a line. */
  isPlain(bytes: Uint8Array, start: number, end: number): boolean {
    for (let at = start; at < end; at++) if (this.#kinds[bytes[at] as number] !== PLAIN) return false;
    return true;
  }

  /**
   * `isFirst`: the field starts a line. Returns whether it is quoted. Throws `WorkbookFlaw` for a text that can't be written
   * in this form.
   */
  write(out: GrowingBytes, bytes: Uint8Array, start: number, end: number, isFirst: boolean): boolean {
    const kinds = this.#kinds;
    let needs = PLAIN;
    for (let at = start; at < end; at++) needs |= kinds[bytes[at] as number] as number;
    if (isFirst && needs === PLAIN && this.#looksLikeNoField(bytes, start, end)) needs = NEEDS_QUOTES;
    if (needs === PLAIN) out.add(bytes, start, end);
    else this.#writeEscaped(out, bytes, start, end, needs);
    return (needs & NEEDS_QUOTES) !== 0;
  }

  #writeEscaped(out: GrowingBytes, bytes: Uint8Array, start: number, end: number, needs: number): void {
    const quote = this.#quote;
    const { hasBackslashEscapes } = this.#form;
    if (quote === null && needs & NEEDS_QUOTES) {
      const text = Buffer.from(bytes.subarray(start, Math.min(end, start + 60))).toString();
      throw new WorkbookFlaw('workbook-needs-quotes', JSON.stringify(text));
    }
    const isQuoted = quote !== null && (needs & NEEDS_QUOTES) !== 0;
    if (isQuoted) out.addByte(quote);
    for (let at = start; at < end; at++) {
      const byte = bytes[at] as number;
      if ((this.#kinds[byte] as number) & NEEDS_ESCAPE) out.addByte(hasBackslashEscapes ? BACKSLASH : byte);
      out.addByte(byte);
    }
    if (isQuoted) out.addByte(quote);
  }

  #looksLikeNoField(bytes: Uint8Array, start: number, end: number): boolean {
    const startsWith = (prefix: Buffer) =>
      prefix[0] === bytes[start] &&
      end - start >= prefix.length &&
      prefix.equals(bytes.subarray(start, start + prefix.length));
    return (
      (this.#comment !== null && startsWith(this.#comment)) ||
      startsWith(SEPARATOR) ||
      startsWith(BYTE_ORDER_MARK)
    );
  }
}
