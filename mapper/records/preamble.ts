import { LF } from './byte-string.js';

/** Lines at the start of a file that are no records: those to skip, then one like `sep=;`. */
export interface PreambleOptions {
  readonly skipLines: number;
  /** Takes the delimiter of a `sep=` line, as a byte string. Must throw if the data are not to have it. */
  onSeparator(delimiter: string): void;
}

/** Excel writes it, and reads it, as the first line. */
const SEPARATOR_LINE = /^"?sep=([^\r\n])"?$/i;

/** Whether a line, without its end, sets the delimiter. */
export function isSeparatorLine(line: Buffer): boolean {
  return separatorIn(line) !== undefined;
}

function separatorIn(line: Buffer): string | undefined {
  return line.length > 8 ? undefined : SEPARATOR_LINE.exec(line.toString('latin1'))?.[1];
}

/** Passes over the preamble of a file, line by line. */
export class Preamble {
  readonly #options: PreambleOptions;
  #left: number;

  constructor(options: PreambleOptions) {
    this.#options = options;
    this.#left = options.skipLines;
  }

  /** Whether records start with a line, which is given without its end. */
  endsAt(line: Buffer): boolean {
    return this.#left === 0 && !isSeparatorLine(line);
  }

  /** Takes the next line, without its end: `passed` if it is part of the preamble, otherwise the records start with it. */
  take(line: Buffer): 'passed' | { readonly separator: string } | 'records' {
    if (this.#left > 0) {
      this.#left--;
      return 'passed';
    }
    const separator = separatorIn(line);
    if (separator === undefined) return 'records';
    this.#options.onSeparator(separator);
    return { separator };
  }
}

/** Lines of the same kind, in order. */
export interface LinesOfAKind {
  readonly lines: Buffer;
  readonly areComments: boolean;
}

/** Finds the lines that start with a text, which are no records. */
export class Comments {
  readonly #start: Buffer;
  readonly #inside: Buffer;

  /** `start` is a byte string. */
  constructor(start: string) {
    this.#start = Buffer.from(start, 'latin1');
    this.#inside = Buffer.from(`\n${start}`, 'latin1');
  }

  /** Whether a comment starts at this place, where a line starts. */
  isAt(bytes: Buffer, at: number): boolean {
    return bytes.subarray(at, at + this.#start.length).equals(this.#start);
  }

  /** Divides lines, each ended by LF, into comments and others. */
  *divide(lines: Buffer): Generator<LinesOfAKind> {
    let from = 0;
    let at = this.isAt(lines, 0) ? 0 : this.#next(lines, 0);
    while (at < lines.length) {
      if (at > from) yield { lines: lines.subarray(from, at), areComments: false };
      from = at;
      while (at < lines.length && this.isAt(lines, at)) at = lines.indexOf(LF, at) + 1;
      yield { lines: lines.subarray(from, at), areComments: true };
      from = at;
      at = this.#next(lines, Math.max(0, from - 1));
    }
    if (from < lines.length) yield { lines: lines.subarray(from), areComments: false };
  }

  #next(lines: Buffer, from: number): number {
    const found = lines.indexOf(this.#inside, from);
    return found < 0 ? lines.length : found + 1;
  }
}
