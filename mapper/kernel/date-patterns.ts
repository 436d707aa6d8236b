import type { DateElement, DateField, DatePattern } from '../rules/date-pattern.js';

const LITERAL = 0xff;
const OFFSETS: Partial<Record<DateField, number>> = {
  year: 0,
  month: 8,
  day: 16,
  hour: 24,
  minute: 32,
  second: 40,
};

/**
 * The patterns as assembly/date.ts reads them, `to` as the last; or null where one has names, a fraction, halves of
 * the day, or a literal that would need quotes in CSV.
 */
export function layOutDatePatterns(
  from: readonly DatePattern[],
  to: DatePattern,
  delimiter: string,
): Uint8Array | null {
  const patterns = [...from, to].map(({ elements }) => elements.map((part) => layOut(part, delimiter)));
  if (from.length > 255) return null;
  const bytes = [from.length];
  for (const elements of patterns) {
    const flat = elements.flat();
    if (flat.includes(null) || flat.length > 255) return null;
    bytes.push(flat.length, ...(flat as number[][]).flat());
  }
  return Uint8Array.from(bytes);
}

function layOut(element: DateElement, delimiter: string): (number[] | null)[] {
  if (element.kind === 'literal') {
    return [...element.text].map((char) => {
      const isPlain = char >= ' ' && char <= '~' && char !== '"' && char !== delimiter;
      return isPlain ? [LITERAL, char.charCodeAt(0), 0, 0] : null;
    });
  }
  const offset = OFFSETS[element.field];
  if (offset === undefined) return [null];
  const most = element.field === 'year' ? 4 : 2;
  switch (element.form) {
    case 'number':
      return [[offset, 1, most, 0]];
    case 'padded':
      return [[offset, element.letters.length, element.letters.length, 0]];
    case 'twoDigitYear':
      return [[offset, 2, 2, 1]];
    case 'shortName':
    case 'fullName':
      return [null];
  }
}
