import { defaultCentury } from '../job/plan.js';
import type { ColumnProfile } from '../profile/column-profile.js';
import { COUNT_OR_CODE_NAME, TIME_NAME, VERSION_NAME } from './column-names.js';
import { type FileEvidence, firstOf } from './file-evidence.js';
import { asks, examplesOf, type InferredColumn, NOTHING, only, written } from './inferred-column.js';
import { type InferredRule, tryRule } from './inferred-rule.js';

/** A rule for dates that are not in ISO 8601, or a question where the values do not tell how they are read. */
export function dates(
  column: ColumnProfile,
  thisYear: number,
  { firstInDates }: FileEvidence,
): InferredColumn | null {
  const { dates: ways = [] } = column;
  if (!only(column, 'date')) return null;
  if (
    VERSION_NAME.test(column.name ?? '') &&
    ways.flat().some((pattern) => /^[dM]+\.[dM]+\.yy$/.test(pattern))
  )
    return NOTHING;
  const [first, ...others] = ways;
  if (first === undefined) return asks('some values have the day first, others the month');
  const century = defaultCentury(thisYear);
  if (others.length === 0) return datesOf(column, first, century, thisYear);
  for (const way of ways) {
    const order = firstOf(way);
    const shown = order === null ? undefined : firstInDates.get(order.separator);
    if (order === null || shown?.is !== order.first) continue;
    const found = datesOf(column, way, century, thisYear);
    const what = shown.is === 'M' ? 'month' : 'day';
    return { ...found, note: `the ${what} is first, as in ${JSON.stringify(shown.by)}` };
  }
  const choices = ways
    .map((way) => dateRule(way, century))
    .filter((rule) => tryRule(rule, examplesOf(column)) !== 'unknown');
  return asks(`is ${among(ways)} first? Write the rule that fits`, choices);
}

function among(ways: readonly (readonly string[])[]): string {
  const names = ways.map((way) => {
    const letter = /[Mdy]/.exec(way[0] ?? '')?.[0];
    return letter === 'M' ? 'the month' : letter === 'd' ? 'the day' : 'the year';
  });
  return names.sort().join(' or ');
}

function datesOf(
  column: ColumnProfile,
  way: readonly string[],
  century: number,
  thisYear: number,
): InferredColumn {
  const rule = dateRule(way, century);
  // What is in ISO 8601 already needs no rule.
  if (way.length === 1 && way[0] === rule.options.to) return NOTHING;
  if (way.length === 1 && /^MMM[- ]yy$/.test(way[0] ?? '') && mayBeDay(column)) {
    return asks('is the number the year or the day? Write the rule if it is the year', [rule]);
  }
  if (rule.options.century === undefined) return written(column, rule);
  const years = column.patterns.flatMap(({ shortYears = [] }) => shortYears);
  const future = years.find((year) => century + ((year + 100 - (century % 100)) % 100) > thisYear + 1);
  if (future === undefined) return written(column, rule);
  const allPast = { ...rule, options: { ...rule.options, century: thisYear - 99 } };
  return asks(`is year ${String(future).padStart(2, '0')} to come or past? Write the rule that fits`, [
    rule,
    allPast,
  ]);
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
export function digitsOfDates(column: ColumnProfile): InferredColumn | null {
  if (!column.patterns.every(({ number }) => number?.areYmd === true)) return null;
  const rule = { rule: 'date', options: { from: 'yyyyMMdd', to: 'yyyy-MM-dd' } };
  const name = column.name ?? '';
  // Numbers that count up may pass for the days of one month, hardly for those of two.
  const isLikely = column.distinct.count >= 20 && hasSeveralMonths(column);
  if (!COUNT_OR_CODE_NAME.test(name) && (isLikely || /date|day|datum|dt$/i.test(name)))
    return written(column, rule);
  return asks('are these dates? Write the rule if they are', [rule]);
}

function hasSeveralMonths({ patterns }: ColumnProfile): boolean {
  const months = patterns.flatMap(({ number }) =>
    number === undefined ? [] : [number.least, number.greatest].map((value) => Math.floor(value / 100)),
  );
  return new Set(months).size > 1;
}

const LEAST_EPOCH = 946_684_800;
const GREATEST_EPOCH = 2_147_483_647;
/** Seconds or milliseconds since 1970: a rule where the name of the column says that it is a time, else a question. */
export function seconds(column: ColumnProfile, thisYear: number): InferredColumn | null {
  const { name, patterns } = column;
  const numbers = patterns.flatMap(({ number }) => (number === undefined ? [] : [number]));
  if (!only(column, 'integer') || numbers.length < patterns.length) return null;
  const least = Math.min(...numbers.map((number) => number.least));
  const greatest = Math.max(...numbers.map((number) => number.greatest));
  const scale = least >= LEAST_EPOCH * 1000 ? 1000 : 1;
  if (least < LEAST_EPOCH * scale || greatest > GREATEST_EPOCH * scale) return null;
  if (patterns.some(({ number }) => number?.hasLeadingZeros === true)) return NOTHING;
  const to = `yyyy-MM-dd HH:mm:ss${scale === 1 ? '' : '.SSS'}`;
  const rule = { rule: 'date', options: { from: scale === 1 ? 'epoch' : 'epochMillis', to } };
  if (TIME_NAME.test(name ?? '')) {
    const found = written(column, rule);
    return found.rules.length > 0 ? found : NOTHING;
  }
  const soon = Date.UTC(thisYear + 2, 0, 1) / 1000;
  if (greatest >= soon * scale || COUNT_OR_CODE_NAME.test(name ?? '')) return NOTHING;
  return asks(`are these ${scale === 1 ? 'seconds' : 'milliseconds'} since 1970?`, [rule]);
}
