/**
 * Every failure at which the mapper is expected to stop. A failure is its code and its details; the words are made in
 * `report/failure-text.ts` and the exit code in `exit-codes.ts`. Any other exception is a bug.
 */

/** Where a line is. Line numbers are 1-based and count from the start of what stdin gave. */
export interface LinePlace {
  readonly lineNumber: number;
  /** The task's split, or null in a pipe. */
  readonly split: SplitPlace | null;
}

/** A split, as far as its task knows it. */
export interface SplitPlace {
  /** The input file's URI. */
  readonly inputFile: string | null;
  /** Byte offset of the split in its file. */
  readonly start: number | null;
}

/** The columns of the data: how many they are, and the names of the first ones as excerpts. */
export interface ColumnList {
  readonly count: number;
  readonly firstNames: readonly string[];
}

/** A line whose quotes are broken. */
export interface MalformedLine {
  readonly reason: string;
  readonly place: LinePlace;
  readonly line: string;
  /** The key of `csv` that would make sense of it. */
  readonly doubt: 'escape' | 'lenientQuotes' | null;
}

/** Where a job names a column. */
export type ColumnUse = 'columns' | 'output.columns' | 'where';

/** Codes of failures, each with the shape of its details. JSON-safe. Texts from the data are excerpts. */
export interface MapperFailureDetails {
  'argument-unknown': { readonly argument: string };
  /** `given` is null if `--emit` has no value. */
  'emit-unknown': { readonly given: string | null };
  'stdin-range-malformed': { readonly variable: string; readonly given: string };
  'plan-not-accepted': { readonly reason: string };
  /** `reference` as the job names it: `env:NAME`. */
  'secret-missing': { readonly reference: string };
  'no-mapper-exported': Readonly<Record<string, never>>;
  'header-malformed': MalformedLine;
  /** The split does not start the file, so the task can't read the column names from it. */
  'header-unknown': { readonly split: SplitPlace };
  /** The input is no text in an encoding that keeps ASCII. `label`: its encoding, if a mark tells it. */
  'input-not-ascii': { readonly label: string | null; readonly place: LinePlace };
  /** The input is no text by its first bytes. A workbook is a zip archive. */
  'input-no-text': { readonly kind: 'zip' | 'old workbook' | 'gzip'; readonly place: LinePlace };
  /** By `csv.encoding` the input is UTF-16, whose lines Hadoop can't tell apart. */
  'utf-16-in-task': { readonly label: string };
  /** A character is not complete. `byteOffset` is 0-based. */
  'invalid-utf-16': { readonly label: string; readonly byteOffset: number };
  /** A line `sep=` names another delimiter than the job. */
  'separator-differs': { readonly separator: string; readonly delimiter: string };
  /** The mapper was built for a header with other names. */
  'header-differs': {
    readonly place: LinePlace;
    /** Names that the mapper was built for, and that are not in the header. */
    readonly missing: ColumnList;
    /** Names that are in the header alone. */
    readonly added: ColumnList;
    readonly columns: ColumnList;
  };
  /** Not one record has as many fields as `csv.columns` has names. `reason` is of the first: `3 instead of 2`. */
  'columns-never-fit': { readonly records: number; readonly reason: string; readonly place: LinePlace };
  'column-ruled-twice': { readonly column: string };
  'column-index-too-large': {
    readonly usedIn: ColumnUse;
    readonly index: number;
    readonly columns: ColumnList;
    /** 1-based line that was taken for the header, where the data gave it. */
    readonly headerLine?: number;
  };
  'column-without-header': { readonly usedIn: ColumnUse; readonly column: string };
  'column-not-in-header': {
    readonly usedIn: ColumnUse;
    readonly column: string;
    readonly nearest: string;
    readonly columns: ColumnList;
    readonly headerLine?: number;
  };
  'column-twice-in-header': {
    readonly usedIn: ColumnUse;
    readonly column: string;
    readonly firstIndex: number;
    readonly lastIndex: number;
  };
  'record-malformed': MalformedLine;
  'line-break-in-quotes': { readonly place: LinePlace };
  'line-too-long': { readonly place: LinePlace; readonly maxBytes: number };
  /** `reason` as in the rejects: `1 instead of 2`. */
  'wrong-field-count': { readonly reason: string; readonly place: LinePlace; readonly record: string };
  /** `reason` as in the rejects: `not a number`, or any text from a user's function. */
  'invalid-field': {
    readonly column: string;
    readonly value: string;
    readonly reason: string;
    readonly place: LinePlace;
  };
  'user-function': {
    /** Empty where it has none. */
    readonly functionName: string;
    readonly column: string;
    readonly value: string;
    readonly place: LinePlace;
    readonly record: string;
    /** Message, stack and causes of what was thrown, by line, as `api/thrown.ts` cuts them. */
    readonly thrown: readonly string[];
  };
  /** The input ends within the task's split. */
  'input-shrank': { readonly endsAtByte: number; readonly splitEnd: number };
  /** The reader of stdout has closed it. */
  'broken-pipe': Readonly<Record<string, never>>;
  io: {
    readonly operation: 'read stdin' | 'read an input' | 'write stdout' | 'read the places of inputs';
    /** The system's code: `ENOSPC`. */
    readonly systemCode: string | null;
    /** What the system said, one line. */
    readonly cause: string;
  };
}
export type MapperFailureCode = keyof MapperFailureDetails;

/** An expected failure. */
export class MapperFailure<Code extends MapperFailureCode = MapperFailureCode> extends Error {
  override readonly name = 'MapperFailure';
  readonly code: Code;
  readonly details: MapperFailureDetails[Code];

  constructor(code: Code, details: MapperFailureDetails[Code], options: { readonly cause?: unknown } = {}) {
    super(code, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = details;
  }
}

/** A failure as plain data: a switch on its code tells its details. */
export type MapperFailureFacts = {
  [Code in MapperFailureCode]: { readonly code: Code; readonly details: MapperFailureDetails[Code] };
}[MapperFailureCode];

/** Any failure: a switch on its code tells its details. */
export type AnyMapperFailure = { [Code in MapperFailureCode]: MapperFailure<Code> }[MapperFailureCode];

/** True for an expected failure; anything else that is thrown is a bug. */
export function isMapperFailure(error: unknown): error is AnyMapperFailure {
  return error instanceof MapperFailure;
}

/** Number of characters that a message shows of a text from the data. */
export const EXCERPT_CHARS = 80;

/** Cuts a text from the data for the details. Keeps one character more than a message shows, to mark the cut. */
export function excerptOf(text: string): string {
  return text.slice(0, EXCERPT_CHARS + 1);
}

/**
 * Limits of what a message shows of a user's exception. The submitter reads the last 4 KiB of a task's stderr, which must
 * contain the message's first line.
 */
export const THROWN_LIMITS = { lines: 24, chars: 2400 } as const;
