import { SYMBOL } from './value-shape.js';

/** A run of digits in the values of one shape: the least and the greatest number. */
export interface DigitGroup {
  readonly least: number;
  readonly greatest: number;
}

/** A part of a date: its letter in patterns, `b` for the name of a month, `E` for that of a weekday; and its length. */
interface DatePart {
  readonly part: 'y' | 'M' | 'b' | 'd' | 'E' | 'H' | 'h' | 'm' | 's' | 'S' | 'a' | 'X';
  readonly length: number;
}

/** One way to read the values of a shape as dates. */
export interface DateFormat {
  /** The same for formats that differ only in how many digits their parts have. */
  readonly key: string;
  readonly elements: readonly (DatePart | string)[];
}

/** A token of a shape: a run of digits, a known word, or other text. */
type Token =
  | { readonly kind: 'digits'; readonly length: number; readonly group: DigitGroup }
  | { readonly kind: 'month' | 'weekday'; readonly isShort: boolean }
  | { readonly kind: 'halfDay' }
  | { readonly kind: 'other'; readonly text: string };

/** The ways to read the values of a shape as dates; none for most shapes, two where day and month can't be told apart. */
export function dateFormatsOf(
  symbols: ArrayLike<number>,
  groups: readonly DigitGroup[],
): readonly DateFormat[] {
  const tokens = tokensOf(symbols, groups);
  if (tokens === null) return [];
  const formats: DateFormat[] = [];
  for (const { elements, next } of datesAt(tokens)) {
    const rest = timeAt(tokens, next);
    if (rest !== null) formats.push(formatOf([...elements, ...rest]));
  }
  return formats;
}

/** The order of year, month and day: `Mdy`; with `b` where the month has a name. */
export function orderOf({ elements }: DateFormat): string {
  return elements
    .map((element) => (typeof element === 'object' && 'yMdb'.includes(element.part) ? element.part : ''))
    .join('');
}

/** Whether the year of a format has two digits. */
export function hasShortYear({ elements }: DateFormat): boolean {
  return elements.some(
    (element) => typeof element === 'object' && element.part === 'y' && element.length === 2,
  );
}

/** The run of digits, counted from 0, that is a year of two digits; none where the year has four. */
export function shortYearGroupsOf({ elements }: DateFormat): readonly number[] {
  const digits = elements.filter((element) => typeof element === 'object' && !'bEa'.includes(element.part));
  const at = digits.findIndex((part) => typeof part === 'object' && part.part === 'y' && part.length === 2);
  return at < 0 ? [] : [at];
}

/** Formats with the same key → patterns that read them all: `M/d/yyyy`. Several where names are long and short. */
export function datePatternsOf(formats: readonly DateFormat[]): readonly string[] {
  const [first] = formats;
  if (first === undefined) return [];
  const lengths = first.elements.map((_element, at) => [
    ...new Set(formats.flatMap(({ elements }) => lengthOf(elements[at]))),
  ]);
  const names = first.elements.findIndex((element) => typeof element === 'object' && element.part === 'b');
  const fractions = first.elements.findIndex(
    (element) => typeof element === 'object' && element.part === 'S',
  );
  const varies = fractions >= 0 ? fractions : names;
  const variants = varies >= 0 ? (lengths[varies] ?? [0]) : [0];
  // Where one number has no zero in front, none needs it.
  const arePadded = first.elements.every(
    (element, at) =>
      typeof element === 'string' || !'Md'.includes(element.part) || lengths[at]?.join() === '2',
  );
  return variants
    .sort((one, other) => one - other)
    .map((variant) =>
      first.elements
        .map((element, at) => lettersOf(element, at === varies ? [variant] : (lengths[at] ?? []), arePadded))
        .join(''),
    );
}

function lengthOf(element: DatePart | string | undefined): readonly number[] {
  return typeof element === 'object' ? [element.length] : [];
}

function lettersOf(element: DatePart | string, lengths: readonly number[], arePadded: boolean): string {
  if (typeof element === 'string') return /[A-Za-z]/.test(element) ? `'${element}'` : element;
  const longest = Math.max(...lengths);
  const isFixed = lengths.length === 1;
  switch (element.part) {
    case 'y':
      return 'y'.repeat(longest);
    case 'b':
      return longest > 3 ? 'MMMM' : 'MMM';
    case 'E':
      return longest > 3 ? 'EEEE' : 'EEE';
    case 'S':
      return 'S'.repeat(longest);
    case 'a':
      return 'a';
    case 'X':
      return longest === 4 ? 'Z' : longest === 1 ? 'X' : 'XXX';
    case 'M':
    case 'd':
      return arePadded ? element.part.repeat(2) : element.part;
    default:
      return isFixed && longest === 2 ? element.part.repeat(2) : element.part;
  }
}

function formatOf(elements: readonly (DatePart | string)[]): DateFormat {
  const key = elements
    .map((element) => {
      if (typeof element === 'string') return element;
      return element.part === 'y' ? `y${element.length}` : `{${element.part}}`;
    })
    .join('');
  return { key, elements };
}

function tokensOf(symbols: ArrayLike<number>, groups: readonly DigitGroup[]): readonly Token[] | null {
  const tokens: Token[] = [];
  let group = 0;
  for (let at = 0; at < symbols.length; ) {
    const symbol = symbols[at] as number;
    if (symbol === SYMBOL.digit) {
      const start = at;
      while (symbols[at] === SYMBOL.digit) at++;
      const found = groups[group++];
      if (found === undefined) return null;
      tokens.push({ kind: 'digits', length: at - start, group: found });
      continue;
    }
    at++;
    const token = wordOf(symbol);
    if (token === null) return null;
    tokens.push(token);
    // Sep. is read as Sep is.
    if (token.kind === 'month' && token.isShort && symbols[at] === 0x2e && symbols[at + 1] === 0x20) at++;
  }
  return tokens;
}

/** Null for what no date has. */
function wordOf(symbol: number): Token | null {
  switch (symbol) {
    case SYMBOL.monthShort:
    case SYMBOL.month:
      return { kind: 'month', isShort: symbol === SYMBOL.monthShort };
    case SYMBOL.weekdayShort:
    case SYMBOL.weekday:
      return { kind: 'weekday', isShort: symbol === SYMBOL.weekdayShort };
    case SYMBOL.halfDay:
      return { kind: 'halfDay' };
    default: {
      const text = String.fromCharCode(symbol);
      return /[-/., :TZ+]/.test(text) ? { kind: 'other', text } : null;
    }
  }
}

interface Found {
  readonly elements: readonly (DatePart | string)[];
  /** Index of the first token after it. */
  readonly next: number;
}

/** The ways to read a date at the start of the tokens. */
function datesAt(tokens: readonly Token[]): readonly Found[] {
  const [first] = tokens;
  if (first?.kind !== 'weekday') return calendarAt(tokens, 0);
  const day: DatePart = { part: 'E', length: first.isShort ? 3 : 4 };
  const hasComma = textAt(tokens, 1) === ',';
  const space = hasComma ? 2 : 1;
  if (textAt(tokens, space) !== ' ') return [];
  return calendarAt(tokens, space + 1).map(({ elements, next }) => ({
    elements: [day, hasComma ? ', ' : ' ', ...elements],
    next,
  }));
}

function calendarAt(tokens: readonly Token[], at: number): Found[] {
  const separator = textAt(tokens, at + 1);
  const second = textAt(tokens, at + 3);
  const threeNumbers = (one: DatePart | null, two: DatePart | null, three: DatePart | null): Found[] =>
    one === null || two === null || three === null || separator === null || separator !== second
      ? []
      : [{ elements: [one, separator, two, separator, three], next: at + 5 }];
  const found: Found[] = [];
  if (separator !== null && /[-/.]/.test(separator)) {
    found.push(
      ...threeNumbers(yearAt(tokens, at, 4), monthAt(tokens, at + 2), dayAt(tokens, at + 4)),
      ...threeNumbers(monthAt(tokens, at), dayAt(tokens, at + 2), yearAt(tokens, at + 4)),
      ...threeNumbers(dayAt(tokens, at), monthAt(tokens, at + 2), yearAt(tokens, at + 4)),
    );
    // A year of two digits comes first only where the number at the end, which would be the day, varies more.
    if (found.length === 0 || spanAt(tokens, at) < spanAt(tokens, at + 4)) {
      found.push(...threeNumbers(yearAt(tokens, at, 2), monthAt(tokens, at + 2), dayAt(tokens, at + 4)));
    }
  }
  const name = (index: number) => nameAt(tokens, index);
  // 12 Jan 2018, 12-Jan-18
  if (separator !== null && /[-/. ]/.test(separator)) {
    found.push(...threeNumbers(dayAt(tokens, at), name(at + 2), yearAt(tokens, at + 4)));
  }
  // Jan 12, 2018
  const month = name(at);
  if (month !== null && separator === ' ') {
    const comma = second === ',' ? 1 : 0;
    const [day, year] = [dayAt(tokens, at + 2), yearAt(tokens, at + 4 + comma, 4)];
    if (day !== null && year !== null && textAt(tokens, at + 3 + comma) === ' ') {
      found.push({ elements: [month, ' ', day, comma === 1 ? ', ' : ' ', year], next: at + 5 + comma });
    }
  }
  // Jan 2018, Jan-20; a pattern without a day is the first of its month
  if (found.length === 0 && month !== null && separator !== null && /[- ]/.test(separator)) {
    const year = yearAt(tokens, at + 2);
    if (year !== null) found.push({ elements: [month, separator, year], next: at + 3 });
  }
  return found;
}

/** What stands between a date and a time, the longest first. */
const BETWEEN = [' - ', ', ', ' ', 'T'] as const;

/** The time from a token on: empty where the tokens end there, null if there is something else. */
function timeAt(tokens: readonly Token[], start: number): readonly (DatePart | string)[] | null {
  if (start === tokens.length) return [];
  const between = BETWEEN.find((text) =>
    [...text].every((char, index) => textAt(tokens, start + index) === char),
  );
  if (between === undefined) return null;
  let at = start + between.length;
  const isHalf = tokens.some(({ kind }) => kind === 'halfDay');
  const hour = numberAt(tokens, at, isHalf ? 'h' : 'H', [1, 2], isHalf ? [1, 12] : [0, 23]);
  const minute = numberAt(tokens, at + 2, 'm', [2], [0, 59]);
  if (hour === null || minute === null || textAt(tokens, at + 1) !== ':') return null;
  const elements: (DatePart | string)[] = [between, hour, ':', minute];
  at += 3;
  if (textAt(tokens, at) === ':') {
    const second = numberAt(tokens, at + 1, 's', [2], [0, 59]);
    if (second === null) return null;
    elements.push(':', second);
    at += 2;
    const point = textAt(tokens, at);
    const fraction = numberAt(tokens, at + 1, 'S', [1, 2, 3, 4, 5, 6, 7, 8, 9], [0, 999_999_999]);
    if (point !== null && /[.,]/.test(point) && fraction !== null) {
      elements.push(point, fraction);
      at += 2;
    }
  }
  if (isHalf) {
    const hasSpace = textAt(tokens, at) === ' ';
    if (tokens[hasSpace ? at + 1 : at]?.kind !== 'halfDay') return null;
    elements.push(...(hasSpace ? [' '] : []), { part: 'a', length: 1 });
    at += hasSpace ? 2 : 1;
  }
  return offsetAt(tokens, at, elements);
}

/** What came before, with an offset such as Z or +05:00 if there is one; null if there is something else. */
function offsetAt(
  tokens: readonly Token[],
  start: number,
  elements: readonly (DatePart | string)[],
): readonly (DatePart | string)[] | null {
  if (start === tokens.length) return elements;
  const hasSpace = textAt(tokens, start) === ' ';
  const at = hasSpace ? start + 1 : start;
  const space = hasSpace ? [' '] : [];
  const sign = textAt(tokens, at);
  if (sign === 'Z' && at + 1 === tokens.length) return [...elements, ...space, { part: 'X', length: 1 }];
  if (sign !== '+' && sign !== '-') return null;
  const [hours, colon, minutes] = [tokens[at + 1], textAt(tokens, at + 2), tokens[at + 3]];
  if (hours?.kind !== 'digits') return null;
  if (hours.length === 4 && at + 2 === tokens.length)
    return [...elements, ...space, { part: 'X', length: 4 }];
  const isColon = hours.length === 2 && colon === ':' && minutes?.kind === 'digits' && minutes.length === 2;
  return isColon && at + 4 === tokens.length ? [...elements, ...space, { part: 'X', length: 3 }] : null;
}

function textAt(tokens: readonly Token[], at: number): string | null {
  const token = tokens[at];
  return token?.kind === 'other' ? token.text : null;
}

/** How far apart the numbers of a run of digits are. */
function spanAt(tokens: readonly Token[], at: number): number {
  const token = tokens[at];
  return token?.kind === 'digits' ? token.group.greatest - token.group.least : 0;
}

function numberAt(
  tokens: readonly Token[],
  at: number,
  part: DatePart['part'],
  lengths: readonly number[],
  [least, greatest]: readonly [number, number],
): DatePart | null {
  const token = tokens[at];
  if (token?.kind !== 'digits' || !lengths.includes(token.length)) return null;
  const { group, length } = token;
  return group.least >= least && group.greatest <= greatest ? { part, length } : null;
}

function yearAt(tokens: readonly Token[], at: number, length?: 2 | 4): DatePart | null {
  const four = length === 2 ? null : numberAt(tokens, at, 'y', [4], [1000, 2999]);
  return four ?? (length === 4 ? null : numberAt(tokens, at, 'y', [2], [0, 99]));
}

function monthAt(tokens: readonly Token[], at: number): DatePart | null {
  return numberAt(tokens, at, 'M', [1, 2], [1, 12]);
}

function dayAt(tokens: readonly Token[], at: number): DatePart | null {
  return numberAt(tokens, at, 'd', [1, 2], [1, 31]);
}

function nameAt(tokens: readonly Token[], at: number): DatePart | null {
  const token = tokens[at];
  return token?.kind === 'month' ? { part: 'b', length: token.isShort ? 3 : 4 } : null;
}
