import type { DateElement, DateField, DatePattern } from '../rules/date-pattern.js';

/** What assembly/date.ts calls a literal, and where it keeps the parts of a date. */
const LITERAL = 0xff;
const PARTS: Partial<Record<DateField, number>> = {
  year: 0,
  month: 8,
  day: 16,
  hour: 24,
  minute: 32,
  second: 40,
};
/** Where assembly/date-of-three.ts has the digits of each. */
const PLACES_OF_THREE: Partial<Record<DateField, { readonly at: number; readonly digits: number }>> = {
  year: { at: 0, digits: 4 },
  month: { at: 4, digits: 2 },
  day: { at: 6, digits: 2 },
};
/** What it gathers where there is no digit, and how it knows that a text is not of the pattern. */
const GATHER_ZERO = 0x80;
const NOT_OF_PATTERN = 0xff;

/**
 * The patterns as assembly/date.ts reads them, `to` as the last; or null where one has names, a fraction, halves of
 * the day, or a literal that would need quotes in CSV.
 */
export function layOutDatePatterns(
  from: readonly DatePattern[],
  to: DatePattern,
  delimiter: string,
): Uint8Array | null {
  if (from.length > 255) return null;
  const bytes = [from.length];
  for (const { elements } of [...from, to]) {
    const laidOut = elements.flatMap((element) => layOut(element, delimiter));
    if (laidOut.includes(null) || laidOut.length > 255) return null;
    bytes.push(laidOut.length, ...(laidOut as number[][]).flat());
  }
  return Uint8Array.from(bytes);
}

/** The patterns as assembly/date-of-three.ts reads them; or null where they are not of its kind. */
export function layOutDateOfThree(
  from: readonly DatePattern[],
  to: DatePattern,
  delimiter: string,
): Uint8Array | null {
  const [pattern] = from;
  const read = pattern === undefined || from.length > 1 ? null : threeNumbers(pattern, delimiter);
  const written = threeNumbers(to, delimiter);
  if (read === null || written === null || written.numbers.some(({ fewest, digits }) => fewest < digits))
    return null;
  const counts = [1, 2, 3, 4];
  const shuffles = counts.flatMap((first) =>
    counts.flatMap((second) => counts.flatMap((third) => gatherDigits(read, [first, second, third]))),
  );
  const order: number[] = [];
  const added: number[] = [];
  for (const [index, { at, digits }] of written.numbers.entries()) {
    for (let digit = 0; digit < digits; digit++) {
      order.push(at + digit);
      added.push(0x30);
    }
    order.push(GATHER_ZERO);
    added.push(written.between[index] ?? 0);
  }
  const length = order.length - 1;
  return Uint8Array.from([
    ...of16([...read.between, length], 0),
    ...shuffles,
    ...of16(order, GATHER_ZERO),
    ...of16(added, 0),
  ]);
}

/** Where each digit of YYYYMMDD is in a text with such counts of digits; 16 bytes. */
function gatherDigits({ numbers }: ThreeNumbers, counts: readonly number[]): number[] {
  const sources = of16([], GATHER_ZERO);
  let next = 0;
  for (const [index, { at, digits, fewest }] of numbers.entries()) {
    const count = counts[index] as number;
    if (count < fewest || count > digits) return of16([NOT_OF_PATTERN], GATHER_ZERO);
    for (let digit = digits - count; digit < digits; digit++) sources[at + digit] = next++;
    next++;
  }
  return sources;
}

function of16(bytes: readonly number[], filling: number): number[] {
  return [...bytes, ...Array.from({ length: 16 - bytes.length }, () => filling)];
}

/** Year, month and day in some order: where each is in YYYYMMDD, and the bytes between them. */
interface ThreeNumbers {
  readonly numbers: readonly { readonly at: number; readonly digits: number; readonly fewest: number }[];
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
      // After a digit it could not be told where a number ends.
      if (byte === null || (byte >= 0x30 && byte <= 0x39)) return null;
      between.push(byte);
      continue;
    }
    const digits = digitsOf(element);
    const at = element.kind === 'field' ? PLACES_OF_THREE[element.field] : undefined;
    if (digits === null || at === undefined || digits.century !== 0) return null;
    numbers.push({ ...at, fewest: digits.fewest });
  }
  return { numbers, between };
}

function layOut(element: DateElement, delimiter: string): (number[] | null)[] {
  if (element.kind === 'literal') {
    return [...element.text].map((char) => {
      const byte = literalByte(char, delimiter);
      return byte === null ? null : [LITERAL, byte, 0, 0];
    });
  }
  const part = PARTS[element.field];
  const digits = digitsOf(element);
  return part === undefined || digits === null
    ? [null]
    : [[part, digits.fewest, digits.most, digits.century]];
}

/** Null for what would need quotes in CSV, and for what is not ASCII. */
function literalByte(char: string, delimiter: string): number | null {
  return char >= ' ' && char <= '~' && char !== '"' && char !== delimiter ? char.charCodeAt(0) : null;
}

/** Fewest and most digits, and 1 where the century is left out; or null for what is not written in digits. */
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
    case 'shortName':
    case 'fullName':
      return null;
  }
}
