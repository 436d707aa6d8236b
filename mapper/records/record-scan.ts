import { LF } from './byte-string.js';

/** What a line end inside a quoted field means: `yes` part of the field, `no` a malformed line, `error` an error. */
export type LineBreakRule = 'yes' | 'no' | 'error';

/** Why a line is malformed; part of what `--emit rejects` writes. */
export type MalformedReason = 'text after a closing quote' | 'a quote is not closed';

/**
 * `more`: the bytes end before the record does. `record`: the record ends before `at`. `malformed`: the line that ends
 * at `firstLineEnd` is malformed. `line-break`: a quoted field has a line end, and the rule is `error`.
 */
export type ScanOutcome = 'more' | 'record' | 'malformed' | 'line-break';

type Mode = 'field start' | 'unquoted' | 'quoted' | 'after quote' | 'seek line end';

/** Finds the end of one record at a time. Positions are indexes into the bytes given to `resume`. */
export interface FramingScan {
  /** The record's first byte. */
  readonly start: number;
  /** First byte not scanned yet; after `record`, the byte after the record's LF. */
  readonly at: number;
  /** The first line end inside the record, or the end of the malformed line; -1 if there is none. */
  readonly firstLineEnd: number;
  readonly reason: MalformedReason;
  begin(start: number): void;
  /** Adjusts the positions: the first `byteCount` bytes were dropped. */
  shift(byteCount: number): void;
  /** Continues from `at`. At the end of input the bytes must end with LF, and the outcome is never `more`. */
  resume(bytes: Uint8Array, atEnd: boolean): ScanOutcome;
}

/**
 * Finds the end of one record in bytes whose line ends are all LF. Can continue where it stopped when there are more
 * bytes. All positions are indexes into the bytes given to `resume`; `shift` adjusts them when bytes are dropped.
 *
 * The scan for a missing closing quote may run to the end of input, and then start again at the next line. To stay
 * linear, the range of a failed scan is remembered: all its line ends were inside quotes, so a later record that is
 * inside quotes at one of them will end the same way.
 */
export class RecordScan implements FramingScan {
  /** The record's first byte. */
  start = 0;
  /** First byte not scanned yet; after `record`, the byte after the record's LF. */
  at = 0;
  /** The first line end inside quotes, or the end of the malformed line; -1 if there is none. */
  firstLineEnd = -1;
  reason: MalformedReason = 'a quote is not closed';

  readonly #delimiter: number;
  readonly #quote: number;
  readonly #lineBreaks: LineBreakRule;
  readonly #maxRecordBytes: number;
  #mode: Mode = 'field start';
  #failedFrom = 0;
  #failedReach = 0;
  #failedForGood = false;

  /** `delimiter` and `quote` are bytes. A quoted field may stay open for the first `maxRecordBytes` of its record. */
  constructor(delimiter: number, quote: number, lineBreaks: LineBreakRule, maxRecordBytes: number) {
    this.#delimiter = delimiter;
    this.#quote = quote;
    this.#lineBreaks = lineBreaks;
    this.#maxRecordBytes = maxRecordBytes;
  }

  begin(start: number): void {
    this.start = start;
    this.at = start;
    this.firstLineEnd = -1;
    this.#mode = 'field start';
  }

  /** Adjusts the positions: the first `byteCount` bytes were dropped. */
  shift(byteCount: number): void {
    this.start -= byteCount;
    this.at -= byteCount;
    if (this.firstLineEnd >= 0) this.firstLineEnd -= byteCount;
    this.#failedFrom -= byteCount;
    this.#failedReach -= byteCount;
  }

  /** Continues from `at`. At the end of input the bytes must end with LF, and the outcome is never `more`. */
  resume(bytes: Uint8Array, atEnd: boolean): ScanOutcome {
    const delimiter = this.#delimiter;
    const quote = this.#quote;
    const end = bytes.length;
    const limit = this.start + this.#maxRecordBytes;
    let at = this.at;
    for (;;) {
      switch (this.#mode) {
        case 'field start':
          if (at === end) return this.#stop(at, 'more');
          if (bytes[at] === quote) {
            at++;
            this.#mode = 'quoted';
          } else {
            this.#mode = 'unquoted';
          }
          break;
        case 'unquoted':
          while (at < end && bytes[at] !== delimiter && bytes[at] !== LF) at++;
          if (at === end) return this.#stop(at, 'more');
          if (bytes[at] === LF) return this.#stop(at + 1, 'record');
          at++;
          this.#mode = 'field start';
          break;
        case 'quoted': {
          const stop = Math.min(end, limit);
          while (at < stop && bytes[at] !== quote && bytes[at] !== LF) at++;
          if (at >= limit || (at === end && atEnd)) {
            this.#fail(at, at < limit, 'a quote is not closed');
          } else if (at === end) {
            return this.#stop(at, 'more');
          } else if (bytes[at] === quote) {
            at++;
            this.#mode = 'after quote';
          } else if (this.firstLineEnd >= 0) {
            at++;
          } else {
            this.firstLineEnd = at;
            if (this.#lineBreaks === 'error') return this.#stop(at, 'line-break');
            if (this.#lineBreaks === 'no') {
              this.#mode = 'seek line end';
              this.reason = 'a quote is not closed';
            } else if (at < this.#failedFrom || at >= this.#failedReach) {
              at++;
            } else if (this.#failedForGood) {
              this.#mode = 'seek line end';
              this.reason = 'a quote is not closed';
            } else {
              at = this.#failedReach;
            }
          }
          break;
        }
        case 'after quote':
          if (at === end) return this.#stop(at, 'more');
          if (bytes[at] === LF) return this.#stop(at + 1, 'record');
          if (bytes[at] === quote) {
            at++;
            this.#mode = 'quoted';
          } else if (bytes[at] === delimiter) {
            at++;
            this.#mode = 'field start';
          } else {
            this.#fail(at, true, 'text after a closing quote');
          }
          break;
        case 'seek line end':
          if (this.firstLineEnd >= 0) return this.#stop(at, 'malformed');
          while (at < end && bytes[at] !== LF) at++;
          if (at === end) return this.#stop(at, 'more');
          this.firstLineEnd = at;
          break;
      }
    }
  }

  #fail(at: number, forGood: boolean, reason: MalformedReason): void {
    this.#mode = 'seek line end';
    if (this.firstLineEnd < 0) {
      this.reason = reason;
      return;
    }
    // After a line end the reason is always the same, so that with `no`, which never scans past a line end, it is
    // the same as with `yes`.
    this.reason = 'a quote is not closed';
    this.#failedFrom = this.firstLineEnd;
    this.#failedReach = at;
    this.#failedForGood = forGood;
  }

  #stop(at: number, outcome: ScanOutcome): ScanOutcome {
    this.at = at;
    return outcome;
  }
}
