/**
 * Date patterns with the letters of Java, Hive and Spark. Source: Java's DateTimeFormatter, "Patterns for Formatting
 * and Parsing". Accepts `ACCEPTED_DATE_LETTERS` and reports all other letters as a problem.
 */

/** What a run of pattern letters stands for. `hour12` is the hour 1 to 12, with `halfDay` AM or PM. */
export type DateField =
  | 'year'
  | 'month'
  | 'day'
  | 'hour'
  | 'hour12'
  | 'halfDay'
  | 'minute'
  | 'second'
  | 'fraction'
  | 'weekday'
  | 'offset'
  | 'zone';

export type DateElement =
  | { readonly kind: 'literal'; readonly text: string }
  | {
      readonly kind: 'field';
      readonly field: DateField;
      /**
       * How the field is written: `number` takes one digit or more, `padded` as many digits as there are letters, `offset`
       * what is told by the letters X, x and Z, `zoneName` an abbreviation such as CET, `zoneId` a name such as Europe/Berlin.
       */
      readonly form:
        | 'number'
        | 'padded'
        | 'twoDigitYear'
        | 'shortName'
        | 'fullName'
        | 'offset'
        | 'zoneName'
        | 'zoneId';
      /** The letters as written, such as `MM`. */
      readonly letters: string;
    };

/** A valid pattern, parsed. */
export interface DatePattern {
  readonly text: string;
  readonly elements: readonly DateElement[];
}

/** Why a pattern is not accepted. */
export interface DatePatternProblem {
  readonly code:
    | 'unsupported-letters'
    | 'reserved-character'
    | 'unclosed-quote'
    | 'repeated-field'
    | 'ambiguous-digits'
    | 'half-day-without-hour'
    | 'hour-without-half-day'
    | 'missing-field'
    | 'no-field';
  /** 0-based index in the pattern. */
  readonly position: number;
  /** The part of the pattern that is wrong; empty if something is missing. */
  readonly found: string;
  /** One sentence without a period: what is wrong, and what to write instead. */
  readonly message: string;
  /** The accepted letters, if the problem is an unsupported letter. */
  readonly accepted?: string;
}

export type DatePatternResult =
  | { readonly ok: true; readonly pattern: DatePattern }
  | { readonly ok: false; readonly problem: DatePatternProblem };

/** The accepted letters, for messages. */
export const ACCEPTED_DATE_LETTERS =
  "yyyy yy y (or u), M MM MMM MMMM, d dd, E EEEE, H HH, h hh with a, m mm, s ss, S to SSSSSSSSS, X XXX Z z VV, and 'quoted text'; or one of the words epoch, epochMillis, excel, excel1904";

type FieldElement = Extract<DateElement, { kind: 'field' }>;

const FIELDS: Readonly<Record<string, readonly [DateField, FieldElement['form']]>> = {
  y: ['year', 'number'],
  yy: ['year', 'twoDigitYear'],
  yyyy: ['year', 'padded'],
  M: ['month', 'number'],
  MM: ['month', 'padded'],
  MMM: ['month', 'shortName'],
  MMMM: ['month', 'fullName'],
  d: ['day', 'number'],
  dd: ['day', 'padded'],
  H: ['hour', 'number'],
  HH: ['hour', 'padded'],
  h: ['hour12', 'number'],
  hh: ['hour12', 'padded'],
  a: ['halfDay', 'shortName'],
  m: ['minute', 'number'],
  mm: ['minute', 'padded'],
  s: ['second', 'number'],
  ss: ['second', 'padded'],
  E: ['weekday', 'shortName'],
  EE: ['weekday', 'shortName'],
  EEE: ['weekday', 'shortName'],
  EEEE: ['weekday', 'fullName'],
  X: ['offset', 'offset'],
  XX: ['offset', 'offset'],
  XXX: ['offset', 'offset'],
  x: ['offset', 'offset'],
  xx: ['offset', 'offset'],
  xxx: ['offset', 'offset'],
  Z: ['offset', 'offset'],
  ZZ: ['offset', 'offset'],
  ZZZ: ['offset', 'offset'],
  ZZZZZ: ['offset', 'offset'],
  z: ['zone', 'zoneName'],
  zz: ['zone', 'zoneName'],
  zzz: ['zone', 'zoneName'],
  VV: ['zone', 'zoneId'],
};

/**
 * Parses a pattern. A `from` pattern needs year and month, and its numbers must be separable in only one way. A `to`
 * pattern needs at least one field.
 */
export function parseDatePattern(text: string, use: 'from' | 'to'): DatePatternResult {
  const pieces: Piece[] = [];
  for (let position = 0; position < text.length; ) {
    const piece = readPiece(text, position);
    if ('problem' in piece) return { ok: false, problem: piece.problem };
    pieces.push(piece);
    position = piece.end;
  }
  const problem =
    fieldTwice(pieces) ??
    hourAndHalfDay(pieces) ??
    (use === 'from' ? unreadable(pieces, text) : unwritable(pieces, text));
  if (problem !== null) return { ok: false, problem };
  return { ok: true, pattern: { text, elements: pieces.map(({ element }) => element) } };
}

interface Piece {
  readonly element: DateElement;
  /** As written, from `position` to `end`. */
  readonly written: string;
  readonly position: number;
  readonly end: number;
}

function readPiece(text: string, position: number): Piece | { problem: DatePatternProblem } {
  const char = text[position] as string;
  const piece = (element: DateElement, end: number): Piece => ({
    element,
    written: text.slice(position, end),
    position,
    end,
  });
  if (char === "'") {
    const literal = readQuoted(text, position);
    if (literal !== null) return piece({ kind: 'literal', text: literal.text }, literal.end);
    const message = "A quote is not closed; write '' for a quote itself";
    return { problem: { code: 'unclosed-quote', position, found: text.slice(position), message } };
  }
  if (/[[\]{}#]/.test(char)) {
    const message = `"${char}" is reserved in date patterns; write '${char}' for the character itself`;
    return { problem: { code: 'reserved-character', position, found: char, message } };
  }
  if (!/[A-Za-z]/.test(char)) return piece({ kind: 'literal', text: char }, position + 1);
  let end = position + 1;
  while (text[end] === char) end++;
  const letters = text.slice(position, end);
  const element = fieldElement(letters);
  if (element !== null) return piece(element, end);
  const message = `"${letters}" in a date pattern is not supported`;
  return {
    problem: {
      code: 'unsupported-letters',
      position,
      found: letters,
      message,
      accepted: ACCEPTED_DATE_LETTERS,
    },
  };
}

function fieldTwice(pieces: readonly Piece[]): DatePatternProblem | null {
  const seen = new Set<string>();
  for (const { element, written, position } of pieces) {
    if (element.kind === 'literal') continue;
    const name = element.form === 'zoneName' ? "zone's abbreviation" : fieldName(element.field);
    if (seen.has(name)) {
      return {
        code: 'repeated-field',
        position,
        found: written,
        message: `"${written}" gives the ${name} a second time`,
      };
    }
    seen.add(name);
  }
  return null;
}

function hourAndHalfDay(pieces: readonly Piece[]): DatePatternProblem | null {
  const hour12 = pieceOf(pieces, 'hour12');
  const halfDay = pieceOf(pieces, 'halfDay');
  if (hour12 !== undefined && halfDay === undefined) {
    const { position, written } = hour12;
    const message = `The hour "${written}" goes to 12 and needs "a" (AM or PM); use "${written.toUpperCase()}" for 0 to 23`;
    return { code: 'hour-without-half-day', position, found: written, message };
  }
  if (halfDay !== undefined && hour12 === undefined) {
    const { position, written } = halfDay;
    return {
      code: 'half-day-without-hour',
      position,
      found: written,
      message: '"a" (AM or PM) needs the hour "h"',
    };
  }
  return null;
}

/** Problems of `from` patterns: ambiguous digits, or no date. */
function unreadable(pieces: readonly Piece[], text: string): DatePatternProblem | null {
  for (const [index, { element, written, position }] of pieces.entries()) {
    const before = pieces[index - 1];
    if (before?.element.kind !== 'field' || before.element.form !== 'number' || !startsWithDigit(element))
      continue;
    const fixed = before.element.field === 'year' ? before.written.repeat(4) : before.written.repeat(2);
    const message = `"${before.written}" takes one digit or more, so it cannot be told where it ends before "${written}"; write "${fixed}" or put a separator between them`;
    return { code: 'ambiguous-digits', position, found: written, message };
  }
  const missing = (['year', 'month'] as const).filter((field) => pieceOf(pieces, field) === undefined);
  if (missing.length === 0) return null;
  const message = `The pattern gives no ${missing.join(' and no ')}; a date needs year and month`;
  return { code: 'missing-field', position: text.length, found: '', message };
}

function unwritable(pieces: readonly Piece[], text: string): DatePatternProblem | null {
  if (pieces.some(({ element }) => element.kind === 'field')) return null;
  const message = 'The pattern writes no part of a date';
  return { code: 'no-field', position: 0, found: text, message, accepted: ACCEPTED_DATE_LETTERS };
}

function pieceOf(pieces: readonly Piece[], field: DateField): Piece | undefined {
  return pieces.find(({ element }) => element.kind === 'field' && element.field === field);
}

function startsWithDigit(element: DateElement): boolean {
  if (element.kind === 'literal') return /^\d/.test(element.text);
  return element.form === 'number' || element.form === 'padded' || element.form === 'twoDigitYear';
}

function readQuoted(text: string, start: number): { text: string; end: number } | null {
  if (text[start + 1] === "'") return { text: "'", end: start + 2 };
  let literal = '';
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] !== "'") literal += text[i];
    else if (text[i + 1] === "'") {
      literal += "'";
      i++;
    } else return { text: literal, end: i + 1 };
  }
  return null;
}

function fieldElement(letters: string): FieldElement | null {
  if (/^S{1,9}$/.test(letters)) return { kind: 'field', field: 'fraction', form: 'padded', letters };
  const known = FIELDS[letters.replaceAll('u', 'y')];
  return known === undefined ? null : { kind: 'field', field: known[0], form: known[1], letters };
}

/** What messages call a field. */
export function fieldName(field: DateField): string {
  if (field === 'hour12') return 'hour';
  if (field === 'zone') return 'time zone';
  return field === 'halfDay' ? 'half of the day' : field === 'fraction' ? 'fraction of a second' : field;
}
