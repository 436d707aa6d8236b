import type { MapperCounts } from './contract.js';
import { excerptOf } from './failure.js';

/** One thing that is wrong with the data, and where it was first met. */
export interface Example {
  /** 1-based line of stdin. */
  readonly lineNumber: number;
  /** The value, as an excerpt; null where a whole record is at fault. */
  readonly value: string | null;
  /** As in the rejects. */
  readonly reason: string;
  /** Where the line is counted from, in a task that has several inputs. */
  readonly input?: InputOfExample;
}

/** An input of a task, by its path, and its first byte that the task reads. */
export interface InputOfExample {
  readonly inputFile: string | null;
  readonly inputStart: number | null;
}

/** Whether nothing is to be said of the data. */
export function isAllWell(counts: MapperCounts, { replacements }: Findings): boolean {
  const { recordsRejected, recordsLeftOut, wrongFieldCount, recordsPadded, malformed, invalid } = counts;
  const odd = recordsRejected + recordsLeftOut + wrongFieldCount + recordsPadded + malformed + replacements;
  return odd === 0 && Object.values(invalid).every((amount) => amount === 0);
}

/** The first example of each problem that a mapper has met, for what it says at its end. */
export class Findings {
  /** Whether replacement characters are counted, which takes time for each text. */
  readonly countsReplacements: boolean;
  readonly #ofColumns = new Map<string, Example>();
  #wrongFieldCount: Example | null = null;
  #padded: Example | null = null;
  #malformed: Example | null = null;
  #notJudgedLine: number | null = null;
  #replacements = 0;
  #input: InputOfExample | null = null;

  constructor(countsReplacements = true) {
    this.countsReplacements = countsReplacements;
  }

  /** What comes next is of this input of a task that has several. */
  beginInput(input: InputOfExample): void {
    this.#input = input;
  }

  /** By the labels of columns. */
  get ofColumns(): ReadonlyMap<string, Example> {
    return this.#ofColumns;
  }

  get wrongFieldCount(): Example | null {
    return this.#wrongFieldCount;
  }

  get padded(): Example | null {
    return this.#padded;
  }

  get malformed(): Example | null {
    return this.#malformed;
  }

  /** The 1-based line of the first record that `where` could not judge. */
  get notJudgedLine(): number | null {
    return this.#notJudgedLine;
  }

  /** Characters of the input that are U+FFFD, once it is decoded. */
  get replacements(): number {
    return this.#replacements;
  }

  addReplacements(count: number): void {
    this.#replacements += count;
  }

  /** Whether a column has no example yet. */
  lacks(label: string): boolean {
    return !this.#ofColumns.has(label);
  }

  /** Keeps the first invalid value of a column. */
  noteInvalid(label: string, lineNumber: number, value: string | null, reason: string): void {
    if (!this.lacks(label)) return;
    const input = this.#input;
    const told = value === null ? null : excerptOf(value);
    this.#ofColumns.set(label, { lineNumber, value: told, reason, ...(input !== null && { input }) });
  }

  /** Keeps the first record of a wrong width. */
  noteWrongFieldCount(lineNumber: number, reason: string): void {
    this.#wrongFieldCount ??= { lineNumber, value: null, reason };
  }

  /** Keeps the first record that was padded. */
  notePadded(lineNumber: number, reason: string): void {
    this.#padded ??= { lineNumber, value: null, reason };
  }

  /** Keeps the first record that `where` could not judge. */
  noteNotJudged(lineNumber: number): void {
    this.#notJudgedLine ??= lineNumber;
  }

  /** Keeps the first malformed line. */
  noteMalformed(lineNumber: number, reason: string): void {
    this.#malformed ??= { lineNumber, value: null, reason };
  }
}
