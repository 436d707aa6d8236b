import type { ColumnProfile, ValuePattern, ValueType } from '../profile/column-profile.js';
import { partOf } from './column-part.js';
import { evidenceOf, type FileEvidence, NO_EVIDENCE } from './file-evidence.js';
import { dates, digitsOfDates, seconds } from './infer-dates.js';
import { decimals, money, percents, thousands } from './infer-numbers.js';
import { asks, type InferredColumn, NOTHING } from './inferred-column.js';
import { isAmount } from './money-shape.js';

/** One thing that values may call for: what is written, or null if the column is not of this kind. */
type Inference = (column: ColumnProfile, thisYear: number, evidence: FileEvidence) => InferredColumn | null;

/** The first inference that knows the column decides. To know more kinds of columns, add a line. */
const INFERENCES: readonly Inference[] = [
  dates,
  digitsOfDates,
  money,
  percents,
  seconds,
  thousands,
  decimals,
  mostly,
  spaces,
  letterCase,
];

/** The rules that the values of each column call for; where one leaves a doubt, others of the file may tell. */
export function inferColumns(columns: readonly ColumnProfile[], thisYear: number): readonly InferredColumn[] {
  const evidence = evidenceOf(columns);
  return columns.map((column) => inferColumn(column, thisYear, evidence));
}

/**
 * The rules that the values of a column call for. A rule is written only if it takes all patterns that were seen. Years of
 * two digits are those of the hundred years that begin some time before `thisYear`.
 */
export function inferColumn(
  column: ColumnProfile,
  thisYear: number,
  evidence: FileEvidence = NO_EVIDENCE,
): InferredColumn {
  if (column.values === 0) return NOTHING;
  for (const infer of INFERENCES) {
    const found = infer(column, thisYear, evidence);
    if (found !== null) return found;
  }
  return NOTHING;
}

/** Kinds of values that a few others may stand among. */
const KINDS: readonly (readonly [noun: string, fits: (pattern: ValuePattern) => boolean, Inference])[] = [
  ['date', ({ type }) => type === 'date', dates],
  ['amount', isAmount, money],
];
/** So many of all values may be of another kind: a note in place of a date, the line of a total. */
const ODD_SHARE = 0.25;

/** Values of one kind but for a few: whether those may stay as they are is the user's choice. */
function mostly(column: ColumnProfile, thisYear: number, evidence: FileEvidence): InferredColumn | null {
  for (const [noun, fits, infer] of KINDS) {
    const odd = column.patterns.filter((pattern) => !fits(pattern));
    const count = odd.reduce((sum, pattern) => sum + pattern.count, column.otherPatterns);
    const [example] = odd;
    if (example === undefined || count > column.values * ODD_SHARE) continue;
    const found = infer(partOf(column, fits), thisYear, evidence);
    const choices = found?.question?.choices ?? found?.rules ?? [];
    if (choices.length === 0) continue;
    const which = JSON.stringify(example.example);
    return asks(
      count === 1
        ? `1 of ${column.values} values is no ${noun}: ${which}. Write ${ruleThat(choices)} if it may stay as it is`
        : `${count} of ${column.values} values are no ${noun}s, such as ${which}. Write ${ruleThat(choices)} if they may stay as they are`,
      choices,
    );
  }
  return null;
}

function ruleThat({ length }: readonly unknown[]): string {
  return length === 1 ? 'the rule' : 'the rule that fits';
}

/** A text that may stand for no value is one. */
const TEXTS: ReadonlySet<ValueType> = new Set(['text', 'boolean', 'null']);

function spaces({ spacesAround, types, values }: ColumnProfile): InferredColumn | null {
  const isText = types.every(({ type }) => TEXTS.has(type));
  // A column of nothing but padded values may be of fixed width.
  if (spacesAround === 0 || !isText || spacesAround > values) return null;
  return { ...NOTHING, rules: [{ rule: 'trim', options: {} }] };
}

/** The same words in different letters: to make them one is the user's choice. */
function letterCase({ frequent, distinct }: ColumnProfile): InferredColumn | null {
  if (frequent.length < distinct.count) return null;
  const byLower = new Map<string, string>();
  for (const { value } of frequent) {
    const lower = value.toLowerCase();
    const other = byLower.get(lower);
    if (other !== undefined) {
      return asks(
        `${JSON.stringify(other)} and ${JSON.stringify(value)} differ only in case; upper or lower makes them one`,
      );
    }
    byLower.set(lower, value);
  }
  return null;
}
