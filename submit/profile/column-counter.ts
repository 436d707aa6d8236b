import { isUtf8 } from 'node:buffer';
import { readableText } from '../../mapper/records/byte-string.js';
import type { ColumnProfile, ValuePattern, ValueType } from './column-profile.js';
import { NUMBER_ORDERS } from './date-extremes.js';
import { type DateFormat, dateFormatsOf, orderOf } from './date-formats.js';
import { type CountedPattern, excerpt, hasSpacesAround, PatternCounts } from './pattern-counts.js';
import { resolveDates } from './resolve-dates.js';
import { ValueTable } from './value-table.js';

/** Patterns and values that a profile names. */
const MAX_PATTERNS_NAMED = 20;
const MAX_VALUES_NAMED = 10;

/** Takes the values of one column, and keeps what a profile tells of them. Memory is bounded. */
export class ColumnCounter {
  readonly #table = new ValueTable();
  readonly #patterns = new PatternCounts();
  #empty = 0;
  #notUtf8 = 0;
  #least: Buffer | null = null;
  #greatest: Buffer | null = null;
  #shortest = Number.POSITIVE_INFINITY;
  #longest = 0;

  addEmpty(): void {
    this.#empty++;
  }

  /** Takes the value from `start` to `end`, which has at least one byte, and the hashes of its bytes. */
  add(bytes: Uint8Array, start: number, end: number, one: number, other: number): void {
    if (this.#table.add(one, other) !== -1) return;
    const pattern = this.#patterns.find(bytes, start, end);
    const length = end - start;
    if (length < this.#shortest) this.#shortest = length;
    if (length > this.#longest) this.#longest = length;
    this.#noteExtremes(bytes, start, end);
    if (this.#table.isFull) (this.#patterns.patterns[pattern] as CountedPattern).count++;
    else {
      const ended = this.#table.keep(one, other, pattern, bytes, start, end);
      if (ended !== null) this.#countPatterns(ended);
    }
  }

  /** Counts a value that has bytes beyond ASCII, if it is not UTF-8. */
  checkEncoding(bytes: Uint8Array, start: number, end: number): void {
    if (!isUtf8(bytes.subarray(start, end))) this.#notUtf8++;
  }

  /** What was found, for the column with this place and name. `patternsNamed`: so many patterns are told at most. */
  profile(index: number, name: string | null, patternsNamed = MAX_PATTERNS_NAMED): ColumnProfile {
    const table = this.#table;
    const counts = this.#patterns.patterns.map(({ count }) => count);
    for (const { note, count } of table.notes()) counts[note] = (counts[note] ?? 0) + count;
    const counted = this.#patterns.patterns.map((pattern, at) => ({ pattern, count: counts[at] ?? 0 }));
    const values = counts.reduce((sum, count) => sum + count, 0);
    const areBooleans =
      table.hasAllTexts && areBoolean(table.frequent(MAX_BOOLEANS + 1).map(({ text }) => text));
    const shapes = counted.map(({ pattern }) => pattern).filter(({ marker }) => marker !== 'null');
    const formats = shapes.map(formatsOf).filter((found) => found.length > 0);
    const dates = resolveDates(formats);
    const patterns = mergeByText(
      counted.map(({ pattern, count }) => patternOf(pattern, count, areBooleans ? 'boolean' : null)),
    );
    return {
      index,
      name,
      values,
      empty: this.#empty,
      distinct: table.distinct,
      types: typesOf(patterns),
      extremes: this.#extremes(shapes, dates),
      ...(formats.length === 0 ? {} : { dates }),
      lengths: values === 0 ? null : { shortest: this.#shortest, longest: this.#longest },
      spacesAround: counted.reduce(
        (sum, { pattern, count }) => sum + (hasSpacesAround(pattern) ? count : 0),
        0,
      ),
      notUtf8: this.#notUtf8,
      patterns: patterns.slice(0, patternsNamed),
      otherPatterns: patterns.slice(patternsNamed).reduce((sum, { count }) => sum + count, 0),
      frequent: table.isFull
        ? []
        : table.frequent(MAX_VALUES_NAMED).map(({ text, count }) => ({ value: readableText(text), count })),
    };
  }

  /** Counts the values of a table that is given up. */
  #countPatterns(values: Iterable<{ readonly note: number; readonly count: number }>): void {
    for (const { note, count } of values) (this.#patterns.patterns[note] as CountedPattern).count += count;
  }

  #extremes(
    patterns: readonly CountedPattern[],
    dates: readonly (readonly string[])[],
  ): ColumnProfile['extremes'] {
    if (this.#least === null || this.#greatest === null || patterns.length === 0) return null;
    if (patterns.every(({ number }) => number !== null)) {
      const least = patterns.reduce((found, one) => (one.leastValue < found.leastValue ? one : found));
      const greatest = patterns.reduce((found, one) =>
        one.greatestValue > found.greatestValue ? one : found,
      );
      return { of: 'numbers', least: least.leastText, greatest: greatest.greatestText };
    }
    if (patterns.every((pattern) => formatsOf(pattern).length > 0)) {
      return dates.length === 1 ? extremesOfDates(patterns) : null;
    }
    const text = (bytes: Buffer) => readableText(excerpt(bytes, 0, bytes.length));
    return { of: 'texts', least: text(this.#least), greatest: text(this.#greatest) };
  }

  #noteExtremes(bytes: Uint8Array, start: number, end: number): void {
    if (this.#least === null || compareTo(bytes, start, end, this.#least) < 0) {
      this.#least = copyOf(bytes, start, end);
    }
    if (this.#greatest === null || compareTo(bytes, start, end, this.#greatest) > 0) {
      this.#greatest = copyOf(bytes, start, end);
    }
  }
}

/** Extremes are compared, and told, by their first bytes. */
const EXTREME_BYTES = 60;

function copyOf(bytes: Uint8Array, start: number, end: number): Buffer {
  return Buffer.from(bytes.slice(start, Math.min(end, start + EXTREME_BYTES)));
}

/** Below 0 if the value sorts before the other one, above 0 if after it. Bytes beyond `EXTREME_BYTES` do not count. */
function compareTo(bytes: Uint8Array, start: number, end: number, other: Uint8Array): number {
  const length = Math.min(end - start, EXTREME_BYTES);
  const shared = Math.min(length, other.length);
  for (let at = 0; at < shared; at++) {
    const difference = (bytes[start + at] as number) - (other[at] as number);
    if (difference !== 0) return difference;
  }
  return length - other.length;
}

/** The ways to read the values of a pattern as dates. */
function formatsOf({ symbols, least, greatest }: CountedPattern): readonly DateFormat[] {
  return dateFormatsOf(
    symbols,
    least.map((value, group) => ({ least: value, greatest: greatest[group] ?? value })),
  );
}

/** The first and the last date; null where a month has a name, or a year two digits. */
function extremesOfDates(patterns: readonly CountedPattern[]): ColumnProfile['extremes'] {
  const orders = NUMBER_ORDERS.filter((order) =>
    patterns.some((pattern) => formatsOf(pattern).every((format) => orderOf(format) === order)),
  );
  const found = patterns.map((pattern) => {
    const order = orders.find((one) => formatsOf(pattern).some((format) => orderOf(format) === one));
    return order === undefined ? null : (pattern.dates?.of(order) ?? null);
  });
  const known = found.filter((extremes) => extremes !== null);
  if (known.length < found.length) return null;
  const least = known.reduce((one, other) => (other.least < one.least ? other : one));
  const greatest = known.reduce((one, other) => (other.greatest > one.greatest ? other : one));
  return { of: 'dates', least: least.leastText, greatest: greatest.greatestText };
}

function patternOf(pattern: CountedPattern, count: number, type: ValueType | null): ValuePattern {
  const {
    text,
    number,
    symbols,
    example,
    least,
    greatest,
    areYmd,
    hasTrailingZeros,
    marker,
    years,
    currencies,
  } = pattern;
  const groups = least.map((value, group) => ({ least: value, greatest: greatest[group] ?? value }));
  return {
    pattern: text,
    count,
    example: readableText(example),
    type: marker === 'null' ? 'null' : (type ?? typeOf(number, dateFormatsOf(symbols, groups).length > 0)),
    ...(marker === null ? {} : { marker }),
    ...(number === null
      ? {}
      : {
          number: {
            ...number,
            areYmd,
            hasTrailingZeros,
            least: pattern.leastValue,
            greatest: pattern.greatestValue,
          },
        }),
    ...(groups.length === 0 ? {} : { groups }),
    ...(currencies === null || currencies.words.length === 0 ? {} : { currencies: currencies.words }),
    ...(years === null
      ? {}
      : { shortYears: [...years.seen.keys()].filter((year) => years.seen[year] === 1) }),
  };
}

function typeOf(number: CountedPattern['number'], isDate: boolean): ValueType {
  if (number !== null) return number.places === 0 && !number.hasExponent ? 'integer' : 'decimal';
  return isDate ? 'date' : 'text';
}

const BOOLEANS: readonly (readonly string[])[] = [
  ['true', 'false'],
  ['yes', 'no'],
  ['y', 'n'],
  ['t', 'f'],
];
const MAX_BOOLEANS = 4;

/** Whether all values are a pair such as yes and no, in whatever case. */
function areBoolean(values: readonly string[]): boolean {
  if (values.length < 2 || values.length > MAX_BOOLEANS) return false;
  const lowered = values.map((value) => value.toLowerCase());
  return BOOLEANS.some(
    (pair) => pair.every((word) => lowered.includes(word)) && lowered.every((value) => pair.includes(value)),
  );
}

/** Patterns that read the same are one: those with names of months but without numbers. The most frequent first. */
function mergeByText(patterns: readonly ValuePattern[]): ValuePattern[] {
  const merged = new Map<string, ValuePattern>();
  for (const pattern of patterns) {
    const known = merged.get(pattern.pattern);
    merged.set(
      pattern.pattern,
      known === undefined ? pattern : { ...known, count: known.count + pattern.count },
    );
  }
  return [...merged.values()].sort((one, other) => other.count - one.count);
}

function typesOf(patterns: readonly ValuePattern[]): ColumnProfile['types'] {
  const counts = new Map<ValueType, number>();
  for (const { type, count } of patterns) counts.set(type, (counts.get(type) ?? 0) + count);
  return [...counts].map(([type, count]) => ({ type, count })).sort((one, other) => other.count - one.count);
}
