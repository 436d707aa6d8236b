import { defaultCentury } from '../job/plan.js';
import type { ColumnProfile, ValuePattern } from '../profile/column-profile.js';
import { type InferredRule, tryRule } from './inferred-rule.js';
import { moneyRules } from './money-shape.js';

/** What `init` finds for a column. */
export interface InferredColumn {
  readonly rules: readonly InferredRule[];
  /** What the user has to decide, and the rules to choose from. */
  readonly question: { readonly text: string; readonly choices: readonly InferredRule[] } | null;
}

const NOTHING: InferredColumn = { rules: [], question: null };

/** One thing that values may call for: what is written, or null if the column is not of this kind. */
type Inference = (column: ColumnProfile, thisYear: number) => InferredColumn | null;

/** The first inference that knows the column decides. To know more kinds of columns, add a line. */
const INFERENCES: readonly Inference[] = [
  dates,
  digitsOfDates,
  money,
  percents,
  seconds,
  decimals,
  spaces,
  letterCase,
];

/**
 * The rules that the values of a column call for. A rule is written only if it takes all patterns that were seen. Years of
 * two digits are those of the hundred years that begin some time before `thisYear`.
 */
export function inferColumn(column: ColumnProfile, thisYear: number): InferredColumn {
  if (column.values === 0 || column.otherPatterns > 0)
    return column.values === 0 ? NOTHING : (spaces(column) ?? NOTHING);
  for (const infer of INFERENCES) {
    const found = infer(column, thisYear);
    if (found !== null) return found;
  }
  return NOTHING;
}

function examplesOf({ patterns }: ColumnProfile): readonly string[] {
  return patterns.map(({ example }) => example);
}

/** Writes a rule that works, else asks: this version may not know it. */
function written(column: ColumnProfile, rule: InferredRule): InferredColumn {
  if (tryRule(rule, examplesOf(column)) === 'right') return { rules: [rule], question: null };
  return { rules: [], question: { text: 'no rule of this version reads all of these values', choices: [] } };
}

function only(column: ColumnProfile, type: string): boolean {
  return column.types.every((one) => one.type === type);
}

function dates(column: ColumnProfile, thisYear: number): InferredColumn | null {
  const { dates: ways = [] } = column;
  if (!only(column, 'date')) return null;
  const rules = ways.map((patterns) => dateRule(patterns, defaultCentury(thisYear)));
  const [way, other] = ways;
  const [rule] = rules;
  if (way === undefined || rule === undefined) {
    return { rules: [], question: { text: 'some values have the day first, others the month', choices: [] } };
  }
  if (other !== undefined) {
    const choices = rules.filter((one) => tryRule(one, examplesOf(column)) !== 'unknown');
    return {
      rules: [],
      question: { text: 'is the day or the month first? Write the rule that fits', choices },
    };
  }
  // What is in ISO 8601 already needs no rule.
  if (way.length === 1 && way[0] === rule.options.to) return NOTHING;
  if (way.length === 1 && /^MMM[- ]yy$/.test(way[0] ?? '') && mayBeDay(column)) {
    return { rules: [], question: { text: 'is the number the year or the day?', choices: [] } };
  }
  return written(column, rule);
}

/** Written down, the hundred years of two digits do not slide. */
function dateRule(patterns: readonly string[], century: number): InferredRule {
  const hasShortYear = patterns.some((pattern) => /(?:^|[^y])yy(?!y)/.test(pattern));
  return {
    rule: 'date',
    options: {
      from: patterns.length === 1 ? (patterns[0] ?? '') : patterns,
      to: isoOf(patterns),
      ...(hasShortYear ? { century } : {}),
    },
  };
}

/** The pattern of ISO 8601 that keeps all parts. */
function isoOf(patterns: readonly string[]): string {
  const has = (letters: RegExp) =>
    patterns.some((pattern) => letters.test(pattern.replaceAll(/'[^']*'/g, '')));
  const fraction = Math.max(...patterns.map((pattern) => /S+/.exec(pattern)?.[0].length ?? 0));
  const hasOffset = has(/[XZ]/);
  const day = has(/d/) ? '-dd' : '';
  const second = has(/s/) ? ':ss' : '';
  const time = `HH:mm${second}${fraction === 0 ? '' : `.${'S'.repeat(fraction)}`}`;
  if (!has(/[Hh]/)) return `yyyy-MM${day}`;
  const separator = hasOffset || patterns.every((pattern) => pattern.includes("'T'")) ? "'T'" : ' ';
  return `yyyy-MM${day}${separator}${time}${hasOffset ? offsetOf(patterns) : ''}`;
}

function offsetOf(patterns: readonly string[]): string {
  return patterns.every((pattern) => /(?:^|[^X])X$/.test(pattern)) ? 'X' : 'XXX';
}

function mayBeDay({ patterns }: ColumnProfile): boolean {
  return patterns.every(({ groups = [] }) => (groups.at(-1)?.greatest ?? 0) <= 31);
}

/** Eight digits that are a year, a month and a day in every value. */
function digitsOfDates(column: ColumnProfile): InferredColumn | null {
  if (!column.patterns.every(({ number }) => number?.areYmd === true)) return null;
  const rule = { rule: 'date', options: { from: 'yyyyMMdd', to: 'yyyy-MM-dd' } };
  if (column.distinct.count >= 20 || /date|day|datum|dt$/i.test(column.name ?? ''))
    return written(column, rule);
  return { rules: [], question: { text: 'are these dates?', choices: [rule] } };
}

function money(column: ColumnProfile): InferredColumn | null {
  const rules = moneyRules(column.patterns);
  const [rule, other] = rules;
  if (rule === undefined) return null;
  if (other === undefined) return written(column, rule);
  const text = 'is the comma or the point the decimal sign? Write the rule that fits';
  return { rules: [], question: { text, choices: rules.filter((one) => tryRule(one, []) === 'right') } };
}

function percents({ patterns }: ColumnProfile): InferredColumn | null {
  if (!patterns.every(({ pattern }) => /^[-+−]?[9.,]+[ ␣]?%$/.test(pattern))) return null;
  return {
    rules: [],
    question: { text: 'round takes percent: divide (12% is 0.12) or drop (12% is 12)', choices: [] },
  };
}

const LEAST_EPOCH = 946_684_800;
const GREATEST_EPOCH = 2_147_483_647;

/** Seconds since 1970, where the column's name says that it is a time. */
function seconds(column: ColumnProfile): InferredColumn | null {
  const { extremes, name } = column;
  if (!only(column, 'integer') || extremes === null) return null;
  const [least, greatest] = [Number(extremes.least), Number(extremes.greatest)];
  const scale = least >= LEAST_EPOCH * 1000 ? 1000 : 1;
  if (least < LEAST_EPOCH * scale || greatest > GREATEST_EPOCH * scale) return null;
  const to = `yyyy-MM-dd HH:mm:ss${scale === 1 ? '' : '.SSS'}`;
  const rule = { rule: 'date', options: { from: scale === 1 ? 'epoch' : 'epochMillis', to } };
  if (/time|date|epoch|_at$|(?:^|_)ts$/i.test(name ?? '') && !hasLeadingZeros(column.patterns)) {
    const found = written(column, rule);
    return found.rules.length > 0 ? found : NOTHING;
  }
  return NOTHING;
}

/** Numbers with more digits after the point are measurements, which nobody wants rounded; with one they are no money. */
const MONEY_PLACES = 2;

/** Numbers with two places, some with fewer: all get two, which changes no number. */
function decimals(column: ColumnProfile): InferredColumn | null {
  const { patterns } = column;
  const numbers = patterns.flatMap(({ number }) => (number === undefined ? [] : [number]));
  if (numbers.length < patterns.length || !column.types.some(({ type }) => type === 'decimal')) return null;
  const places = numbers.map((number) => number.places);
  const most = Math.max(...places);
  const isEven = places.every((one) => one === most);
  if (isEven || most !== MONEY_PLACES || numbers.some(({ hasExponent }) => hasExponent)) return NOTHING;
  if (hasLeadingZeros(patterns)) return NOTHING;
  return written(column, { rule: 'round', options: { places: most } });
}

function hasLeadingZeros(patterns: readonly ValuePattern[]): boolean {
  return patterns.some(({ number }) => number?.hasLeadingZeros === true);
}

function spaces({ spacesAround, types, values }: ColumnProfile): InferredColumn | null {
  const isText = types.every(({ type }) => type === 'text' || type === 'boolean');
  // A column of nothing but padded values may be of fixed width.
  if (spacesAround === 0 || !isText || spacesAround > values) return null;
  return { rules: [{ rule: 'trim', options: {} }], question: null };
}

/** The same words in different letters: to make them one is the user's choice. */
function letterCase({ frequent, distinct }: ColumnProfile): InferredColumn | null {
  if (frequent.length < distinct.count) return null;
  const byLower = new Map<string, string>();
  for (const { value } of frequent) {
    const lower = value.toLowerCase();
    const other = byLower.get(lower);
    if (other !== undefined) {
      const text = `${JSON.stringify(other)} and ${JSON.stringify(value)} differ only in case; upper or lower makes them one`;
      return { rules: [], question: { text, choices: [] } };
    }
    byLower.set(lower, value);
  }
  return null;
}
