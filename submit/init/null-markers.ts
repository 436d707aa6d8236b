import type { ColumnProfile, ValuePattern } from '../profile/column-profile.js';
import { partOf } from './column-part.js';
import { isAmount, isPercentage } from './money-shape.js';

/** The texts of a file that stand for no value. */
export interface NullMarkers {
  /** Those that do so wherever they stand. */
  readonly certain: readonly string[];
  /** Those that may be values: the user has to decide, for `csv.nulls` is for all columns. */
  readonly doubtful: readonly DoubtfulMarker[];
}

/** A text that may stand for no value, and the 0-based indexes of the columns where it may be one. */
export interface DoubtfulMarker {
  readonly text: string;
  readonly columns: readonly number[];
}

/** What a column says of a text in it. `maybe`: it has no other values. */
type Opinion = 'null' | 'maybe' | 'value';

/**
 * The texts that stand for no value in these columns. They are certain if a column says so and none says that it may be a value
 * of its own: a surname, an answer.
 */
export function nullMarkers(columns: readonly ColumnProfile[]): NullMarkers {
  const opinions = new Map<string, { readonly opinion: Opinion; readonly index: number }[]>();
  const usual = new Set<string>();
  for (const [index, column] of columns.entries()) {
    for (const { marker, example } of column.patterns) {
      if (marker === undefined) continue;
      if (marker === 'null') usual.add(example);
      opinions.set(example, [
        ...(opinions.get(example) ?? []),
        { opinion: opinionOf(column, example, marker), index },
      ]);
    }
  }
  const texts = [...opinions].sort(([one], [other]) => (one < other ? -1 : 1));
  const isCertain = (found: readonly { readonly opinion: Opinion }[]) =>
    found.some(({ opinion }) => opinion === 'null') && found.every(({ opinion }) => opinion !== 'value');
  const isAsked = (text: string, found: readonly { readonly opinion: Opinion }[]) =>
    !isCertain(found) && (usual.has(text) || found.some(({ opinion }) => opinion === 'null'));
  return {
    certain: texts.filter(([, found]) => isCertain(found)).map(([text]) => text),
    doubtful: texts
      .filter(([text, found]) => isAsked(text, found))
      .map(([text, found]) => ({
        text,
        columns: found.filter(({ opinion }) => opinion !== 'null').map(({ index }) => index),
      })),
  };
}

/** No word and no answer looks like these. */
const UNMISTAKABLE: readonly string[] = ['\\N', '(null)', '#N/A', '<NA>'];

function opinionOf({ patterns }: ColumnProfile, text: string, kind: 'null' | 'doubtful'): Opinion {
  if (UNMISTAKABLE.includes(text)) return 'null';
  const values = patterns.filter(({ marker }) => marker === undefined);
  if (values.length === 0) return 'maybe';
  if ([isTyped, isAmount, isPercentage].some((fits) => values.every(fits))) return 'null';
  // NULL among words in capitals may be a name as well.
  const shape = /^null$/i.test(text) ? wordShape(text) : null;
  if (kind === 'doubtful' || shape === null) return 'value';
  return values.some((value) => beginLike(value, shape)) ? 'value' : 'null';
}

function isTyped({ type }: ValuePattern): boolean {
  return type === 'integer' || type === 'decimal' || type === 'date';
}

/** A word as patterns have it. */
function wordShape(word: string): string {
  if (word === word.toUpperCase()) return 'A';
  return word === word.toLowerCase() ? 'a' : 'Aa';
}

/** Whether the values begin with a word in the same letter case. */
function beginLike({ pattern }: ValuePattern, shape: string): boolean {
  return /^[Aa]+/.exec(pattern)?.[0] === shape;
}

/** The column without the values that are null. */
export function withoutNulls(column: ColumnProfile, nulls: readonly string[]): ColumnProfile {
  return partOf(column, ({ marker, example }) => marker === undefined || !nulls.includes(example));
}
