import { MAPPER_EXIT, type MapperExitCode } from './contract.js';

/** The expected failures of a mapper. Each has its own exit code in contract.ts. */
export type MapperFailureCode = Exclude<keyof typeof MAPPER_EXIT, 'done' | 'bug'>;

/** An expected failure. `formatFailure` makes its text for people. */
export class MapperFailure extends Error {
  readonly code: MapperFailureCode;
  /** Further lines: where, why, what to do. */
  readonly details: readonly string[];

  /** `message` is one line: the action that failed, the quoted value and the current state. */
  constructor(code: MapperFailureCode, message: string, details: readonly string[] = [], cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'MapperFailure';
    this.code = code;
    this.details = details;
  }

  get exitCode(): MapperExitCode {
    return MAPPER_EXIT[this.code];
  }
}

/** The text for stderr, ending with LF. */
export function formatFailure(failure: MapperFailure): string {
  return [`hadoop-elt mapper: ${failure.message}`, ...failure.details.map((line) => `  ${line}`), ''].join(
    '\n',
  );
}

/** A line of text from outside, safe on a terminal and in a log: control characters become escapes. */
export function escapeLine(text: string): string {
  return text.replace(
    /[\p{Cc}\u2028\u2029]/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const EXCERPT_CHARS = 80;

/** The text in double quotes for a message: control characters escaped, cut after 80 characters. */
export function quoteExcerpt(text: string): string {
  const cut = text.length > EXCERPT_CHARS;
  const quoted = JSON.stringify(cut ? text.slice(0, EXCERPT_CHARS) : text);
  // JSON escapes only C0. The C1 controls and the line separators would garble a terminal or a log as well.
  const visible = quoted.replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return cut ? `${visible}…` : visible;
}
