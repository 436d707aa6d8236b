import { type CurrencyWords, currencyWordsOf } from './currency-words.js';
import { DateExtremes, NUMBER_ORDERS } from './date-extremes.js';
import { type DigitGroup, dateFormatsOf, hasShortYear, orderOf, shortYearGroupsOf } from './date-formats.js';
import { NumberReader } from './number-reader.js';
import { ShapeReader, SYMBOL, shapeText } from './value-shape.js';

/** Patterns that are told apart in a column. */
const MAX_PATTERNS = 250;
/** Bytes of an example. */
const EXAMPLE_BYTES = 60;

/** Texts that stand for no value: those that mean nothing else, and those that may. */
const NULL_MARKERS = ['\\N', 'NULL', 'null', 'Null', '(null)', 'N/A', 'n/a', '#N/A', 'NaN', 'nan', '<NA>'];
const DOUBTFUL_MARKERS = ['NA', 'None', 'none', '-', '--', '?', '.'];
const MARKERS = new Map([...NULL_MARKERS, ...DOUBTFUL_MARKERS].map((text, index) => [text, index]));
const LONGEST_MARKER = 6;

/** What a marker says of its meaning. */
export type MarkerKind = 'null' | 'doubtful';

/** One pattern and its values so far. */
export interface CountedPattern {
  readonly text: string;
  /** Null for all patterns beyond the first ones. */
  readonly number: {
    readonly places: number;
    readonly hasLeadingZeros: boolean;
    readonly hasExponent: boolean;
  } | null;
  readonly symbols: Uint8Array;
  /** Present if the pattern is one text that stands for no value. */
  readonly marker: MarkerKind | null;
  /** The first value, one char a byte. */
  readonly example: string;
  count: number;
  /** Of each run of digits. */
  readonly least: number[];
  readonly greatest: number[];
  /** Of numbers. */
  leastValue: number;
  leastText: string;
  greatestValue: number;
  greatestText: string;
  /** Of values that look like dates in numbers. */
  readonly dates: DateExtremes | null;
  /** Of numbers: whether each has eight digits that are a year, a month and a day. */
  areYmd: boolean;
  /** Of numbers: whether one has a zero at the end of its fraction. */
  hasTrailingZeros: boolean;
  /** Of dates with a year of two digits: the run of digits that is the year, and those that were seen. */
  readonly years: { readonly group: number; readonly seen: Uint8Array } | null;
  /** Of what may be amounts. */
  readonly currencies: CurrencyWords | null;
}

const numbers = new NumberReader();
const shapes = new ShapeReader();

/** Sorts the values of a column by pattern. Memory is bounded. */
export class PatternCounts {
  readonly patterns: CountedPattern[] = [];
  readonly #byKey = new Map<number, number>();
  #lastKey = -1;
  #lastIndex = 0;

  /** The index of the pattern of the bytes from `start` to `end`, of which there is at least one. Does not count it. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const first = bytes[start] as number;
    // Digits, sign, point.
    if ((first >= 0x30 && first <= 0x39) || first === 0x2d || first === 0x2b || first === 0x2e) {
      numbers.read(bytes, start, end);
      if (numbers.isNumber) return this.#findNumber(bytes, start, end);
    }
    if (end - start <= LONGEST_MARKER) {
      const marker = MARKERS.get(excerpt(bytes, start, end));
      if (marker !== undefined) return this.#findMarker(marker, bytes, start, end);
    }
    shapes.read(bytes, start, end);
    const index = this.#indexOf(shapes.hash >>> 0, bytes, start, end, false);
    const pattern = this.patterns[index] as CountedPattern;
    const { numbers: groups, numberCount } = shapes;
    pattern.currencies?.add(bytes, start, end);
    pattern.dates?.add(groups, numberCount, () => excerpt(bytes, start, end));
    for (let group = 0; group < numberCount; group++) {
      const number = groups[group] as number;
      if (number < (pattern.least[group] as number)) pattern.least[group] = number;
      if (number > (pattern.greatest[group] as number)) pattern.greatest[group] = number;
    }
    const { years } = pattern;
    if (years !== null) years.seen[groups[years.group] as number] = 1;
    return index;
  }

  #findMarker(marker: number, bytes: Uint8Array, start: number, end: number): number {
    shapes.read(bytes, start, end);
    const kind = marker < NULL_MARKERS.length ? 'null' : 'doubtful';
    // Above all numbers.
    return this.#indexOf(2 ** 40 + marker, bytes, start, end, false, kind);
  }

  #findNumber(bytes: Uint8Array, start: number, end: number): number {
    const { isNegative, hasExponent, hasLeadingZeros, value } = numbers;
    const places = Math.min(numbers.places, 0xffff);
    const flags = (isNegative ? 1 : 0) | (hasExponent ? 2 : 0) | (hasLeadingZeros ? 4 : 0);
    // Above all hashes of shapes.
    const index = this.#indexOf(2 ** 32 + places * 8 + flags, bytes, start, end, true);
    const pattern = this.patterns[index] as CountedPattern;
    if (pattern.areYmd && !isYmd(value)) pattern.areYmd = false;
    if (numbers.hasTrailingZero) pattern.hasTrailingZeros = true;
    if (value < pattern.leastValue) {
      pattern.leastValue = value;
      pattern.leastText = excerpt(bytes, start, end);
    }
    if (value > pattern.greatestValue) {
      pattern.greatestValue = value;
      pattern.greatestText = excerpt(bytes, start, end);
    }
    return index;
  }

  #indexOf(
    key: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    isNumber: boolean,
    marker: MarkerKind | null = null,
  ): number {
    if (key === this.#lastKey) return this.#lastIndex;
    let index = this.#byKey.get(key);
    if (index === undefined) {
      if (this.patterns.length > MAX_PATTERNS) return MAX_PATTERNS;
      index = this.patterns.length;
      this.patterns.push(this.#open(index === MAX_PATTERNS, bytes, start, end, isNumber, marker));
      if (index < MAX_PATTERNS) this.#byKey.set(key, index);
    }
    this.#lastKey = key;
    this.#lastIndex = index;
    return index;
  }

  #open(
    isRest: boolean,
    bytes: Uint8Array,
    start: number,
    end: number,
    isNumber: boolean,
    marker: MarkerKind | null,
  ): CountedPattern {
    const symbols = isNumber || isRest ? new Uint8Array(0) : shapes.symbols.slice(0, shapes.length);
    const { places, hasLeadingZeros, hasExponent, isNegative } = numbers;
    const groups = isNumber || isRest ? 0 : shapes.numberCount;
    const digits = places === 0 ? '9' : `9.${places > 9 ? `9{${places}}` : '9'.repeat(places)}`;
    return {
      text: isRest
        ? '…'
        : isNumber
          ? `${isNegative ? '-' : ''}${hasLeadingZeros ? '0' : ''}${digits}${hasExponent ? 'E9' : ''}`
          : marker === null
            ? shapeText(symbols)
            : excerpt(bytes, start, end),
      number: isNumber && !isRest ? { places, hasLeadingZeros, hasExponent } : null,
      symbols,
      marker: isRest ? null : marker,
      example: excerpt(bytes, start, end),
      count: 0,
      least: new Array<number>(groups).fill(Number.POSITIVE_INFINITY),
      greatest: new Array<number>(groups).fill(Number.NEGATIVE_INFINITY),
      leastValue: Number.POSITIVE_INFINITY,
      leastText: '',
      greatestValue: Number.NEGATIVE_INFINITY,
      greatestText: '',
      dates: isNumber || isRest ? null : datesOf(symbols),
      areYmd: isNumber && !isRest && places === 0 && !hasExponent,
      hasTrailingZeros: false,
      years: isNumber || isRest ? null : yearsOf(symbols),
      currencies: isNumber || isRest ? null : currencyWordsOf(symbols),
    };
  }
}

/** For a shape of dates in numbers with a year of four digits; null for any other. */
function datesOf(symbols: Uint8Array): DateExtremes | null {
  const groups = new Array<DigitGroup>(symbols.length).fill(ANY_GROUP);
  const formats = dateFormatsOf(symbols, groups).filter((format) => !hasShortYear(format));
  const orders = NUMBER_ORDERS.filter((order) => formats.some((format) => orderOf(format) === order));
  return orders.length === 0 ? null : new DateExtremes(orders);
}

/** For a shape of dates with a year of two digits that is always the same run of digits; null for any other. */
function yearsOf(symbols: Uint8Array): CountedPattern['years'] {
  const groups = new Array<DigitGroup>(symbols.length).fill(ANY_GROUP);
  const [group, ...others] = new Set(dateFormatsOf(symbols, groups).flatMap(shortYearGroupsOf));
  return group === undefined || others.length > 0 ? null : { group, seen: new Uint8Array(100) };
}

/** Fits any part of a date, for no value is known yet. */
const ANY_GROUP: DigitGroup = { least: Number.POSITIVE_INFINITY, greatest: Number.NEGATIVE_INFINITY };

function isYmd(value: number): boolean {
  const month = Math.floor(value / 100) % 100;
  const day = value % 100;
  return value >= 18000101 && value <= 21001231 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/** The start of a value, one char a byte. */
export function excerpt(bytes: Uint8Array, start: number, end: number): string {
  let shown = Math.min(end - start, EXAMPLE_BYTES);
  // No character of UTF-8 is cut.
  if (shown < end - start) while (shown > 0 && ((bytes[start + shown] as number) & 0xc0) === 0x80) shown--;
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, shown).toString('latin1');
}

/** Whether a pattern has white space at its start or end. */
export function hasSpacesAround({ symbols }: CountedPattern): boolean {
  return isSpace(symbols[0]) || isSpace(symbols.at(-1));
}

function isSpace(symbol: number | undefined): boolean {
  return symbol === 0x20 || symbol === 0x09 || symbol === SYMBOL.space;
}
