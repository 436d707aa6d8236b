/**
 * Date patterns with the letters of Java, Hive and Spark. Source: DateTimeFormatter, "Patterns for Formatting and
 * Parsing"; what is accepted here is `ACCEPTED_DATE_LETTERS`, and everything else is a problem, not a guess.
 */

/** What a run of pattern letters stands for. `hour12` is the clock hour 1 to 12, with `halfDay` AM or PM. */
export type DateField =
  | 'year'
  | 'month'
  | 'day'
  | 'hour'
  | 'hour12'
  | 'halfDay'
  | 'minute'
  | 'second'
  | 'fraction';

export type DateElement =
  | { readonly kind: 'literal'; readonly text: string }
  | {
      readonly kind: 'field';
      readonly field: DateField;
      /** How it is written: `number` takes one digit or more, `padded` as many digits as letters. */
      readonly form: 'number' | 'padded' | 'twoDigitYear' | 'shortName' | 'fullName';
      /** The letters as written, such as `MM`. */
      readonly letters: string;
    };

/** A pattern that was understood. */
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
  /** The piece of the pattern that it is about; empty where something is missing. */
  readonly found: string;
  /** One sentence without a period: what is wrong, and what to write instead. */
  readonly message: string;
  /** The letters that are accepted, where that is the question. */
  readonly accepted?: string;
}

export type DatePatternResult =
  | { readonly ok: true; readonly pattern: DatePattern }
  | { readonly ok: false; readonly problem: DatePatternProblem };

/** The accepted letters, for messages. */
export const ACCEPTED_DATE_LETTERS =
  "yyyy yy y (or u), M MM MMM MMMM, d dd, H HH, h hh with a, m mm, s ss, S to SSSSSSSSS, and 'quoted text'";

const FIELD_OF_LETTER: Readonly<Record<string, DateField>> = {
  y: 'year',
  u: 'year',
  M: 'month',
  d: 'day',
  H: 'hour',
  h: 'hour12',
  a: 'halfDay',
  m: 'minute',
  s: 'second',
  S: 'fraction',
};

/**
 * Parses a pattern. In `from`, year, month and day must be there and the digits must be told apart in one way
 * only; `to` may leave fields out.
 */
export function parseDatePattern(text: string, use: 'from' | 'to'): DatePatternResult {
  const elements: DateElement[] = [];
  const positions = new Map<DateField, number>();
  let position = 0;
  const fail = (code: DatePatternProblem['code'], found: string, message: string, at = position) =>
    ({ ok: false, problem: { code, position: at, found, message } }) as const;
  const failOnLetters = (code: DatePatternProblem['code'], found: string, message: string) =>
    ({ ok: false, problem: { code, position, found, message, accepted: ACCEPTED_DATE_LETTERS } }) as const;

  while (position < text.length) {
    const char = text[position] as string;
    const previous = elements.at(-1);
    if (char === "'") {
      const literal = readQuoted(text, position);
      if (literal === null) {
        return fail(
          'unclosed-quote',
          text.slice(position),
          "A quote is not closed; write '' for a quote itself",
        );
      }
      if (use === 'from' && takesOneOrMoreDigits(previous) && /^\d/.test(literal.text)) {
        return fail('ambiguous-digits', literal.text, ambiguous(previous, `the digit "${literal.text[0]}"`));
      }
      elements.push({ kind: 'literal', text: literal.text });
      position = literal.end;
    } else if (/[A-Za-z]/.test(char)) {
      let end = position + 1;
      while (text[end] === char) end++;
      const letters = text.slice(position, end);
      const element = fieldElement(letters);
      if (element === null) {
        return failOnLetters(
          'unsupported-letters',
          letters,
          `"${letters}" in a date pattern is not supported`,
        );
      }
      const { field } = element;
      if (
        positions.has(field) ||
        (field === 'hour' && positions.has('hour12')) ||
        (field === 'hour12' && positions.has('hour'))
      ) {
        return fail('repeated-field', letters, `"${letters}" gives the ${fieldName(field)} a second time`);
      }
      if (use === 'from' && takesOneOrMoreDigits(previous) && takesDigits(element)) {
        return fail('ambiguous-digits', letters, ambiguous(previous, `"${letters}"`));
      }
      positions.set(field, position);
      elements.push(element);
      position = end;
    } else if (/[[\]{}#]/.test(char)) {
      return fail(
        'reserved-character',
        char,
        `"${char}" is reserved in date patterns; write '${char}' for the character itself`,
      );
    } else {
      if (use === 'from' && takesOneOrMoreDigits(previous) && /\d/.test(char)) {
        return fail('ambiguous-digits', char, ambiguous(previous, `the digit "${char}"`));
      }
      elements.push({ kind: 'literal', text: char });
      position++;
    }
  }

  const hour12At = positions.get('hour12');
  const halfDayAt = positions.get('halfDay');
  if (hour12At !== undefined && halfDayAt === undefined) {
    return fail(
      'hour-without-half-day',
      'h',
      'The hour "h" goes to 12 and needs "a" (AM or PM); use "H" for 0 to 23',
      hour12At,
    );
  }
  if (halfDayAt !== undefined && hour12At === undefined) {
    return fail('half-day-without-hour', 'a', '"a" (AM or PM) needs the hour "h"', halfDayAt);
  }
  if (use === 'from') {
    const missing = (['year', 'month', 'day'] as const).filter((field) => !positions.has(field));
    if (missing.length > 0) {
      return fail(
        'missing-field',
        '',
        `The pattern gives no ${missing.join(' and no ')}; a date needs year, month and day`,
        text.length,
      );
    }
  } else if (positions.size === 0) {
    return failOnLetters('no-field', text, 'The pattern writes no part of a date');
  }
  return { ok: true, pattern: { text, elements } };
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

function fieldElement(letters: string): Extract<DateElement, { kind: 'field' }> | null {
  const count = letters.length;
  const field = FIELD_OF_LETTER[letters[0] as string];
  if (field === undefined) return null;
  const make = (form: 'number' | 'padded' | 'twoDigitYear' | 'shortName' | 'fullName') =>
    ({ kind: 'field', field, form, letters }) as const;
  switch (field) {
    case 'year':
      return count === 1
        ? make('number')
        : count === 2
          ? make('twoDigitYear')
          : count === 4
            ? make('padded')
            : null;
    case 'month':
      if (count === 3) return make('shortName');
      if (count === 4) return make('fullName');
      break;
    case 'fraction':
      return count <= 9 ? make('padded') : null;
    case 'halfDay':
      return count === 1 ? make('shortName') : null;
  }
  return count === 1 ? make('number') : count === 2 ? make('padded') : null;
}

function takesOneOrMoreDigits(
  element: DateElement | undefined,
): element is Extract<DateElement, { kind: 'field' }> {
  return element?.kind === 'field' && element.form === 'number';
}

function takesDigits(element: DateElement): boolean {
  return element.kind === 'field' && element.form !== 'shortName' && element.form !== 'fullName';
}

function ambiguous(previous: DateElement, next: string): string {
  const letters = previous.kind === 'field' ? previous.letters : '';
  const fixed = letters === 'y' || letters === 'u' ? letters.repeat(4) : letters.repeat(2);
  return `"${letters}" takes one digit or more, so it cannot be told where it ends before ${next}; write "${fixed}" or put a separator between them`;
}

function fieldName(field: DateField): string {
  if (field === 'hour12') return 'hour';
  return field === 'halfDay' ? 'half of the day' : field === 'fraction' ? 'fraction of a second' : field;
}
