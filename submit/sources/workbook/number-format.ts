/** What a number in a cell stands for, by the format of the cell. */
export type NumberKind = 'number' | 'date' | 'date-time' | 'time' | 'elapsed';

/** Formats that are known by their number. Those that East Asian locales have at 27 to 36 and 50 to 58 are dates too. */
const BUILT_IN: readonly (readonly [from: number, to: number, kind: NumberKind])[] = [
  [14, 17, 'date'],
  [18, 21, 'time'],
  [22, 22, 'date-time'],
  [27, 31, 'date'],
  [32, 35, 'time'],
  [36, 36, 'date'],
  [45, 45, 'time'],
  [46, 46, 'elapsed'],
  [47, 47, 'time'],
  [50, 58, 'date'],
];

/** The kind of a format that is known by its number. */
export function builtInKind(id: number): NumberKind {
  return BUILT_IN.find(([from, to]) => id >= from && id <= to)?.[2] ?? 'number';
}

/** Quoted text, escaped characters, those that stand for a width or a filling, colours, locales, conditions, exponents. */
const NO_PART = /"[^"]*"|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]|E[+-]/gi;
const ELAPSED = /\[(?:h+|m+|s+)\]/i;

/** The kind of a format code such as `dd/mm/yyyy hh:mm`. Its first section, for positive numbers, decides. */
export function kindOfFormat(code: string): NumberKind {
  const [first = ''] = code.replaceAll(NO_PART, '').split(';');
  if (ELAPSED.test(first)) return 'elapsed';
  const letters = first.replace(/general/i, '');
  const hasTime = /[hs]/i.test(letters);
  // Beside hours or seconds m is minutes, elsewhere it is months.
  const hasDate = /[dy]/i.test(letters) || (!hasTime && /m/i.test(letters));
  if (hasDate) return hasTime ? 'date-time' : 'date';
  return hasTime ? 'time' : 'number';
}
