import { CronExpressionParser } from 'cron-parser';
import { Failure } from '../errors.js';

/** When something is started, by a cron expression of five fields. Numbers are sorted. */
export interface Cron {
  /** As it was given, with one space between fields. */
  readonly expression: string;
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly daysOfMonth: readonly number[];
  /** 1: January. */
  readonly months: readonly number[];
  /** 0: Sunday. */
  readonly daysOfWeek: readonly number[];
  /** True if the field restricts the days. If both do, a day that one of them names is enough, as in cron(8). */
  readonly restrictsDaysOfMonth: boolean;
  readonly restrictsDaysOfWeek: boolean;
}

const FORM =
  'five fields (minute, hour, day of month, month, day of week), such as "15 2 * * *" or "*/10 6-20 * * mon-fri"';
const VALUE = '(?:\\d{1,2}|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)';
const PART = `(?:\\*|${VALUE}(?:-${VALUE})?)(?:/\\d{1,2})?`;
/** What all crons understand: no seconds, no L, W or #. */
const FIELD = new RegExp(`^${PART}(?:,${PART})*$`, 'i');
const WORDS: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};

/** A cron expression, or a word such as `@daily` → when. Throws `usage`. */
export function parseCron(text: string): Cron {
  const expression = (WORDS[text.trim()] ?? text).trim().split(/\s+/).join(' ');
  const fields = expression.split(' ');
  if (fields.length !== 5 || !fields.every((field) => FIELD.test(field))) throw refuse(text, FORM);
  try {
    const parsed = CronExpressionParser.parse(expression).fields;
    const numbers = (values: readonly (number | string)[]) => [
      ...new Set(values.map(Number).sort((one, other) => one - other)),
    ];
    const daysOfWeek = numbers(parsed.dayOfWeek.values.map((day) => Number(day) % 7));
    return {
      expression,
      minutes: numbers(parsed.minute.values),
      hours: numbers(parsed.hour.values),
      daysOfMonth: numbers(parsed.dayOfMonth.values),
      months: numbers(parsed.month.values),
      daysOfWeek,
      restrictsDaysOfMonth: !fields[2]?.startsWith('*'),
      restrictsDaysOfWeek: !fields[4]?.startsWith('*'),
    };
  } catch (error) {
    throw refuse(text, `${FORM}; ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The next starts after a moment, in milliseconds since 1970. `zone`: an IANA name. */
export function nextStarts({ expression }: Cron, zone: string, afterMs: number, count: number): number[] {
  const parsed = CronExpressionParser.parse(expression, { tz: zone, currentDate: new Date(afterMs) });
  return parsed.take(count).map((date) => date.getTime());
}

/** A name of a time zone, as this machine knows it. Throws `usage`. */
export function parseZone(text: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    throw new Failure('usage', {
      problem: `--time-zone is ${JSON.stringify(text)}; accepted: a name such as Europe/Berlin or UTC`,
      command: 'schedule',
    });
  }
}

/** The zone of this machine. */
export function machineZone(): string {
  return new Intl.DateTimeFormat('en').resolvedOptions().timeZone;
}

/** Whether two zones have the same time at each start of the next year. */
export function agreeAtStarts(cron: Cron, one: string, other: string, nowMs: number): boolean {
  if (one === other) return true;
  const untilMs = nowMs + 366 * 86_400_000;
  const wallClock = (zone: string) => {
    const format = new Intl.DateTimeFormat('en', { timeZone: zone, dateStyle: 'short', timeStyle: 'long' });
    return (ms: number) => format.format(ms).replace(/ \S+$/, '');
  };
  const [first, second] = [wallClock(one), wallClock(other)];
  // A start each day of a year meets all changes of offset.
  for (let ms = nowMs; ms < untilMs; ms += 86_400_000) {
    const [at = ms] = nextStarts(cron, one, ms, 1);
    if (at < untilMs && first(at) !== second(at)) return false;
  }
  return true;
}

function refuse(text: string, accepted: string): Failure {
  return new Failure('usage', {
    problem: `--cron is ${JSON.stringify(text)}; accepted: ${accepted}`,
    command: 'schedule',
  });
}
