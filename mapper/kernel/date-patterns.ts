import type { DateElement, DateField, DatePattern } from '../rules/date-pattern.js';
import * as at from './assembly/layout.js';

const PARTS: Partial<Record<DateField, number>> = {
  year: at.YEAR,
  month: at.MONTH,
  day: at.DAY,
  hour: at.HOUR,
  minute: at.MINUTE,
  second: at.SECOND,
};
/** The position of each number in YYYYMMDD. */
const PLACES_OF_THREE: Partial<Record<DateField, { readonly place: number; readonly digits: number }>> = {
  year: { place: 0, digits: 4 },
  month: { place: 4, digits: 2 },
  day: { place: 6, digits: 2 },
};

/**
 * The patterns as assembly/date.ts reads them, `to` last. Null if the kernel cannot read a pattern, because it has
 * month names, a fraction, AM or PM, or a literal that would need quotes in CSV.
 */
export function layOutDatePatterns(
  from: readonly DatePattern[],
  to: DatePattern,
  delimiter: string,
): Uint8Array | null {
  if (from.length > 255 || !from.every(hasPlainDate)) return null;
  const bytes = [from.length];
  for (const { elements } of [...from, to]) {
    const laidOut = elements.flatMap((element) => layOut(element, delimiter));
    if (laidOut.includes(null) || laidOut.length > 255) return null;
    bytes.push(laidOut.length, ...(laidOut as number[][]).flat());
  }
  return Uint8Array.from(bytes);
}

/** Whether a pattern has a day, and a year of a fixed number of digits. */
function hasPlainDate({ elements }: DatePattern): boolean {
  const fields = elements.filter((element) => element.kind === 'field');
  const hasDay = fields.some(({ field }) => field === 'day');
  return hasDay && fields.every(({ field, form }) => field !== 'year' || form === 'padded');
}

/** The patterns as assembly/date-of-three.ts reads them. Null unless each has year, month and day and nothing else. */
export function layOutDateOfThree(
  from: readonly DatePattern[],
  to: DatePattern,
  delimiter: string,
): Uint8Array | null {
  const [pattern] = from;
  const read =
    pattern === undefined || from.length > 1 || !hasPlainDate(pattern)
      ? null
      : threeNumbers(pattern, delimiter);
  const written = threeNumbers(to, delimiter);
  if (read === null || written === null || written.numbers.some(({ fewest, digits }) => fewest < digits))
    return null;
  const bytes = new Uint8Array(at.DATE_OF_THREE_BYTES).fill(at.GATHER_ZERO, at.SHUFFLES, at.ADDED);
  bytes.set(read.between);
  for (let counts = 0; counts < 64; counts++) {
    const shuffle = at.SHUFFLES + counts * 16;
    const digits = [1 + (counts >> 4), 1 + ((counts >> 2) & 3), 1 + (counts & 3)];
    if (isOfPattern(read, digits)) gatherDigits(read, digits, bytes.subarray(shuffle));
    else bytes[shuffle] = at.NOT_OF_PATTERN;
  }
  let length = 0;
  for (const [index, { place, digits }] of written.numbers.entries()) {
    for (let digit = 0; digit < digits; digit++, length++) {
      bytes[at.ORDER + length] = place + digit;
      bytes[at.ADDED + length] = 0x30;
    }
    const byte = written.between[index];
    if (byte !== undefined) bytes[at.ADDED + length++] = byte;
  }
  bytes[at.WRITTEN_LENGTH] = length;
  return bytes;
}

function isOfPattern({ numbers }: ThreeNumbers, counts: readonly number[]): boolean {
  return numbers.every(({ digits, fewest }, index) => {
    const count = counts[index] as number;
    return count >= fewest && count <= digits;
  });
}

/** Writes the position of each digit of YYYYMMDD in a text whose three numbers have these digit counts. */
function gatherDigits({ numbers }: ThreeNumbers, counts: readonly number[], shuffle: Uint8Array): void {
  let next = 0;
  for (const [index, { place, digits }] of numbers.entries()) {
    const count = counts[index] as number;
    for (let digit = digits - count; digit < digits; digit++) shuffle[place + digit] = next++;
    next++;
  }
}

/** Year, month and day in some order: where each is in YYYYMMDD, and the bytes between them. */
interface ThreeNumbers {
  readonly numbers: readonly { readonly place: number; readonly digits: number; readonly fewest: number }[];
  readonly between: readonly number[];
}

/** Null for any other pattern. */
function threeNumbers({ elements }: DatePattern, delimiter: string): ThreeNumbers | null {
  if (elements.length !== 5) return null;
  const numbers = [];
  const between = [];
  for (const [index, element] of elements.entries()) {
    if (index % 2 === 1) {
      const byte =
        element.kind === 'literal' && element.text.length === 1 ? literalByte(element.text, delimiter) : null;
      // With a digit between two numbers, the end of the first one would be ambiguous.
      if (byte === null || (byte >= 0x30 && byte <= 0x39)) return null;
      between.push(byte);
      continue;
    }
    const digits = digitsOf(element);
    const place = element.kind === 'field' ? PLACES_OF_THREE[element.field] : undefined;
    if (digits === null || place === undefined || digits.century !== 0) return null;
    numbers.push({ ...place, fewest: digits.fewest });
  }
  return { numbers, between };
}

function layOut(element: DateElement, delimiter: string): (number[] | null)[] {
  if (element.kind === 'literal') {
    return [...element.text].map((char) => {
      const byte = literalByte(char, delimiter);
      return byte === null ? null : [at.LITERAL, byte, 0, 0];
    });
  }
  const part = PARTS[element.field];
  const digits = digitsOf(element);
  return part === undefined || digits === null
    ? [null]
    : [[part, digits.fewest, digits.most, digits.century]];
}

/** Null for a character that needs quotes in CSV or is not ASCII. */
function literalByte(char: string, delimiter: string): number | null {
  return char >= ' ' && char <= '~' && char !== '"' && char !== delimiter ? char.charCodeAt(0) : null;
}

/** Fewest and most digits, and 1 for a two-digit year; null for an element that is not digits. */
function digitsOf(element: DateElement): { fewest: number; most: number; century: 0 | 1 } | null {
  if (element.kind === 'literal') return null;
  const { length } = element.letters;
  switch (element.form) {
    case 'number':
      return { fewest: 1, most: element.field === 'year' ? 4 : 2, century: 0 };
    case 'padded':
      return { fewest: length, most: length, century: 0 };
    case 'twoDigitYear':
      return { fewest: 2, most: 2, century: 1 };
    default:
      return null;
  }
}
