import { LF } from './byte-string.js';
import { type Dialect, isSpaceOf } from './dialect.js';
import type { FramingScan, LineBreakRule, MalformedReason, ScanOutcome } from './record-scan.js';

const BACKSLASH = 0x5c;

type Mode = 'field start' | 'unquoted' | 'quoted' | 'seek line end';

/** What bytes ahead are: `unknown` if they have not been read yet. */
type Ahead = 'yes' | 'no' | 'unknown';

/**
 * Finds the end of one record in any dialect, as `RecordScan` does for RFC 4180. A decision that depends on bytes that are
 * not there yet is taken when they are. Compiled when first called (bin/later-modules.mjs).
 */
export function dialectScan(
  dialect: Dialect,
  lineBreaks: LineBreakRule,
  maxRecordBytes: number,
): FramingScan {
  return new DialectScan(dialect, lineBreaks, maxRecordBytes);
}

class DialectScan implements FramingScan {
  start = 0;
  at = 0;
  firstLineEnd = -1;
  reason: MalformedReason = 'a quote is not closed';

  readonly #dialect: Dialect;
  readonly #delimiter: Uint8Array;
  readonly #quote: number;
  readonly #lineBreaks: LineBreakRule;
  readonly #maxRecordBytes: number;
  #mode: Mode = 'field start';
  #failedFrom = 0;
  #failedReach = 0;
  #failedForGood = false;

  constructor(dialect: Dialect, lineBreaks: LineBreakRule, maxRecordBytes: number) {
    this.#dialect = dialect;
    this.#delimiter = Buffer.from(dialect.delimiter, 'latin1');
    this.#quote = dialect.quote === null ? -1 : dialect.quote.charCodeAt(0);
    this.#lineBreaks = lineBreaks;
    this.#maxRecordBytes = maxRecordBytes;
  }

  begin(start: number): void {
    this.start = start;
    this.at = start;
    this.firstLineEnd = -1;
    this.#mode = 'field start';
  }

  shift(byteCount: number): void {
    this.start -= byteCount;
    this.at -= byteCount;
    if (this.firstLineEnd >= 0) this.firstLineEnd -= byteCount;
    this.#failedFrom -= byteCount;
    this.#failedReach -= byteCount;
  }

  resume(bytes: Uint8Array, atEnd: boolean): ScanOutcome {
    for (;;) {
      const outcome = this.#step(bytes, atEnd);
      if (outcome !== null) return outcome;
    }
  }

  /** Goes on to the next decision; null if the record goes on behind it. */
  #step(bytes: Uint8Array, atEnd: boolean): ScanOutcome | null {
    switch (this.#mode) {
      case 'field start':
        return this.#startField(bytes);
      case 'unquoted':
        return this.#passUnquoted(bytes, atEnd);
      case 'quoted':
        return this.#passQuoted(bytes, atEnd);
      case 'seek line end':
        if (this.firstLineEnd >= 0) return 'malformed';
        while (this.at < bytes.length && bytes[this.at] !== LF) this.at++;
        if (this.at === bytes.length) return 'more';
        this.firstLineEnd = this.at;
        return null;
    }
  }

  #startField(bytes: Uint8Array): ScanOutcome | null {
    const opening = this.#dialect.hasLenientQuotes ? this.#skipSpaces(bytes, this.at) : this.at;
    if (opening === bytes.length) return 'more';
    const isQuoted = bytes[opening] === this.#quote;
    if (isQuoted) this.at = opening + 1;
    this.#mode = isQuoted ? 'quoted' : 'unquoted';
    return null;
  }

  #passUnquoted(bytes: Uint8Array, atEnd: boolean): ScanOutcome | null {
    const { hasBackslashEscapes } = this.#dialect;
    const first = this.#delimiter[0];
    for (; this.at < bytes.length; this.at++) {
      const byte = bytes[this.at];
      if (byte === LF) {
        this.at++;
        return 'record';
      }
      if (hasBackslashEscapes && byte === BACKSLASH) {
        if (this.at + 1 === bytes.length) return 'more';
        if (bytes[this.at + 1] === LF) {
          if (atEnd && this.at + 2 === bytes.length) {
            this.at += 2;
            return 'record';
          }
          if (this.at - this.start >= this.#maxRecordBytes) return this.#fail(this.at, false);
          const stop = this.#meetLineEnd(this.at + 1);
          if (stop !== 'go on') return stop;
        }
        this.at++;
      } else if (byte === first) {
        const isDelimiter = this.#isDelimiter(bytes, this.at);
        if (isDelimiter === 'unknown') return 'more';
        if (isDelimiter === 'no') continue;
        this.at += this.#delimiter.length;
        this.#mode = 'field start';
        return null;
      }
    }
    // Only a backslash before the last line end leads here at the end of the input.
    return atEnd ? 'record' : 'more';
  }

  #passQuoted(bytes: Uint8Array, atEnd: boolean): ScanOutcome | null {
    const limit = this.start + this.#maxRecordBytes;
    const stop = Math.min(bytes.length, limit);
    const backslash = this.#dialect.hasBackslashEscapes ? BACKSLASH : -1;
    for (; this.at < stop; this.at++) {
      const byte = bytes[this.at];
      if (byte === this.#quote) return this.#passQuote(bytes);
      if (byte === LF) {
        const met = this.#meetLineEnd(this.at);
        if (met !== 'go on') return met;
        if (this.#hasFailedAt(this.at)) return null;
      } else if (byte === backslash) {
        if (this.at + 1 === bytes.length) return 'more';
        if (bytes[this.at + 1] === LF) {
          const met = this.#meetLineEnd(this.at + 1);
          if (met !== 'go on') return met;
        }
        this.at++;
      }
    }
    if (this.at >= limit || atEnd) return this.#fail(this.at, this.at < limit);
    return 'more';
  }

  /** `at` is a quote in a quoted field. */
  #passQuote(bytes: Uint8Array): ScanOutcome | null {
    const behind = this.at + 1;
    if (behind === bytes.length) return 'more';
    if (bytes[behind] === this.#quote) {
      this.at += 2;
      return null;
    }
    const end = this.#dialect.hasLenientQuotes ? this.#skipSpaces(bytes, behind) : behind;
    if (end === bytes.length) return 'more';
    if (bytes[end] === LF) {
      this.at = end + 1;
      return 'record';
    }
    const isDelimiter = this.#isDelimiter(bytes, end);
    if (isDelimiter === 'unknown') return 'more';
    if (isDelimiter === 'yes') {
      this.at = end + this.#delimiter.length;
      this.#mode = 'field start';
    } else if (this.#dialect.hasLenientQuotes) {
      this.at = behind;
    } else {
      if (this.firstLineEnd < 0) this.reason = 'text after a closing quote';
      this.#noteFailure(behind, true);
    }
    return null;
  }

  /** A line end in the middle of a record. `go on`: it is part of the record. */
  #meetLineEnd(at: number): ScanOutcome | null | 'go on' {
    if (this.firstLineEnd >= 0) return 'go on';
    this.firstLineEnd = at;
    this.reason = 'a quote is not closed';
    if (this.#lineBreaks === 'error') return 'line-break';
    if (this.#lineBreaks === 'yes') return 'go on';
    this.#mode = 'seek line end';
    return null;
  }

  /** From here an earlier scan has failed: this one will fail there too. */
  #hasFailedAt(at: number): boolean {
    if (at !== this.firstLineEnd || at < this.#failedFrom || at >= this.#failedReach) return false;
    if (this.#failedForGood) this.#mode = 'seek line end';
    else this.at = this.#failedReach;
    return true;
  }

  #fail(at: number, forGood: boolean): null {
    if (this.firstLineEnd < 0) this.reason = 'a quote is not closed';
    this.#noteFailure(at, forGood);
    return null;
  }

  #noteFailure(at: number, forGood: boolean): void {
    this.#mode = 'seek line end';
    if (this.firstLineEnd < 0) return;
    // After a line end the reason is always the same, as in RecordScan.
    this.reason = 'a quote is not closed';
    this.#failedFrom = this.firstLineEnd;
    this.#failedReach = at;
    this.#failedForGood = forGood;
  }

  /** Whether the delimiter is at this place. */
  #isDelimiter(bytes: Uint8Array, at: number): Ahead {
    for (let index = 0; index < this.#delimiter.length; index++) {
      if (at + index === bytes.length) return 'unknown';
      if (bytes[at + index] !== this.#delimiter[index]) return 'no';
    }
    return 'yes';
  }

  #skipSpaces(bytes: Uint8Array, from: number): number {
    let at = from;
    while (at < bytes.length && isSpaceOf(this.#dialect, String.fromCharCode(bytes[at] as number))) {
      if (this.#isDelimiter(bytes, at) === 'yes') break;
      at++;
    }
    return at;
  }
}
