/** What is known of the values of one column. JSON. */
export interface ColumnProfile {
  /** 0-based. */
  readonly index: number;
  readonly name: string | null;
  /** Fields that are not empty. */
  readonly values: number;
  readonly empty: number;
  readonly distinct: { readonly count: number; readonly isExact: boolean };
  /** What kinds of values there are, the most frequent first. */
  readonly types: readonly { readonly type: ValueType; readonly count: number }[];
  /**
   * The least and the greatest: of numbers or dates where all values are, else of texts, byte by byte. Null without values, and
   * for dates whose order is not known.
   */
  readonly extremes: {
    readonly of: 'numbers' | 'dates' | 'texts';
    readonly least: string;
    readonly greatest: string;
  } | null;
  /**
   * Where there are dates: the ways to read all of them, each as a list of patterns. Two where day and month can't be told
   * apart, none where no way fits all.
   */
  readonly dates?: readonly (readonly string[])[];
  /** Bytes of the shortest and the longest value; null without values. */
  readonly lengths: { readonly shortest: number; readonly longest: number } | null;
  /** Values with white space at the start or the end. */
  readonly spacesAround: number;
  /** Values that are not UTF-8. */
  readonly notUtf8: number;
  /** The most frequent patterns, the first first. */
  readonly patterns: readonly ValuePattern[];
  /** Values with another pattern than those. */
  readonly otherPatterns: number;
  /** The most frequent values; empty where there are too many different ones to count them. */
  readonly frequent: readonly { readonly value: string; readonly count: number }[];
}

/** `null` is a text that stands for no value, such as \N or NULL. */
export type ValueType = 'integer' | 'decimal' | 'boolean' | 'date' | 'null' | 'text';

/** Values that are written alike. JSON. */
export interface ValuePattern {
  /** `9` is a digit, `a` small letters, `A` capitals, `Aa` a word; of numbers `9` is any number of digits. */
  readonly pattern: string;
  readonly count: number;
  readonly example: string;
  readonly type: ValueType;
  /** Present if the pattern is one text that stands, or may stand, for no value. */
  readonly marker?: 'null' | 'doubtful';
  /** Of numbers: digits after the point, and what else matters to rules. */
  readonly number?: {
    readonly places: number;
    readonly hasLeadingZeros: boolean;
    readonly hasExponent: boolean;
    /** Whether each value has eight digits that are a year, a month and a day. */
    readonly areYmd: boolean;
    /** Whether one of them has a zero at the end of its fraction. */
    readonly hasTrailingZeros: boolean;
    readonly least: number;
    readonly greatest: number;
  };
  /** Of others: the least and the greatest number in each run of digits. */
  readonly groups?: readonly { readonly least: number; readonly greatest: number }[];
  /** Of amounts: the signs and codes of currencies that were seen, a few at most. */
  readonly currencies?: readonly string[];
  /** Of dates with a year of two digits: the years that were seen. */
  readonly shortYears?: readonly number[];
}

/** What is known of the values of files. JSON. */
export interface Profile {
  readonly records: number;
  /** Records with more or fewer fields than columns. */
  readonly wrongFieldCount: number;
  /** Those among them that have a text in a field too many. */
  readonly textsTooMany: number;
  readonly malformed: number;
  readonly sizeBytes: number;
  readonly columns: readonly ColumnProfile[];
}
