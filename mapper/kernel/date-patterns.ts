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
/** Where assembly/date-of-three.ts keeps them. */
const PARTS_OF_THREE: Partial<Record<DateField, number>> = { year: 4, month: 8, day: 12 };

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
  const [read] = from;
  if (read === undefined || from.length > 1) return null;
  const isPadded = to.elements.every((element) => element.kind === 'literal' || element.form === 'padded');
  const bytes = [...layOutThree(read, delimiter, true), ...layOutThree(to, delimiter, false)];
  return bytes.includes(null) || !isPadded ? null : Uint8Array.from(bytes as number[]);
}

/** Three numbers and the two bytes between them, or something with a null in it. */
function layOutThree({ elements }: DatePattern, delimiter: string, withMost: boolean): (number | null)[] {
  const [first, , second, , third, ...more] = elements;
  const numbers = [first, second, third].flatMap((element) => {
    const digits = element === undefined ? null : digitsOf(element);
    const part = element?.kind === 'field' ? PARTS_OF_THREE[element.field] : undefined;
    if (digits === null || part === undefined || digits.century !== 0) return [null];
    return withMost ? [part, digits.fewest, digits.most] : [part, digits.fewest];
  });
  const between = [elements[1], elements[3]].map((element) =>
    element?.kind === 'literal' && element.text.length === 1 ? literalByte(element.text, delimiter) : null,
  );
  return more.length > 0 ? [null] : [...numbers, ...between];
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
