import { dateFromDays, daysFromDate, daysInMonth, weekdayOf } from './calendar.js';

/** A kind of time: seconds to the east of UTC, and how it is called for short. */
export interface TimeKind {
  readonly offset: number;
  readonly abbreviation: string;
}

/** A day such as the last Sunday of March (month 3, week 5, weekday 6 from Monday on), and seconds after its midnight. */
interface Change {
  readonly month: number;
  readonly week: number;
  readonly weekday: number;
  readonly seconds: number;
}

/** The rule of POSIX's variable TZ, such as `CET-1CEST,M3.5.0,M10.5.0/3`. */
export interface PosixRule {
  readonly standard: TimeKind;
  readonly summer: { readonly kind: TimeKind; readonly from: Change; readonly to: Change } | null;
}

const NAME = '(<[^>]+>|[A-Za-z]+)';
const TIME = '([+-]?\\d+(?::\\d+){0,2})';
const CHANGE = `M(\\d+)\\.(\\d)\\.(\\d)(?:/${TIME})?`;
const RULE = new RegExp(`^${NAME}${TIME}(?:${NAME}${TIME}?,${CHANGE},${CHANGE})?$`);
const HOUR = 3600;
const DAY = 86_400;

/** Throws a RangeError for text that is no such rule. Compiled when first called (bin/later-modules.mjs). */
export function parsePosixRule(text: string): PosixRule {
  const match = RULE.exec(text);
  if (match === null) throw new RangeError(`No rule of a time zone: ${text}`);
  const [, name = '', behind, summerName, summerBehind, ...changes] = match;
  const standard = { offset: -secondsOf(behind, 0), abbreviation: nameOf(name) };
  if (summerName === undefined) return { standard, summer: null };
  const kind = {
    offset: summerBehind === undefined ? standard.offset + HOUR : -secondsOf(summerBehind, 0),
    abbreviation: nameOf(summerName),
  };
  return { standard, summer: { kind, from: changeOf(changes.slice(0, 4)), to: changeOf(changes.slice(4)) } };
}

/** The kind of time at a moment, in seconds since 1970 in UTC. */
export function timeKindAt({ standard, summer }: PosixRule, utc: number): TimeKind {
  if (summer === null) return standard;
  const { year } = dateFromDays(Math.floor((utc + standard.offset) / DAY));
  const from = momentOf(summer.from, year, standard.offset);
  const to = momentOf(summer.to, year, summer.kind.offset);
  const isSummer = from < to ? utc >= from && utc < to : utc >= from || utc < to;
  return isSummer ? summer.kind : standard;
}

/** The moments of a year at which the offset changes, in order. */
export function changesIn({ standard, summer }: PosixRule, year: number): number[] {
  if (summer === null) return [];
  return [momentOf(summer.from, year, standard.offset), momentOf(summer.to, year, summer.kind.offset)].sort(
    (a, b) => a - b,
  );
}

function momentOf({ month, week, weekday, seconds }: Change, year: number, offset: number): number {
  const first = daysFromDate(year, month, 1);
  let day = first + ((weekday - weekdayOf(first) + 7) % 7) + (week - 1) * 7;
  if (day >= first + daysInMonth(year, month)) day -= 7;
  return day * DAY + seconds - offset;
}

function changeOf([month, week, weekday, time]: readonly (string | undefined)[]): Change {
  return {
    month: Number(month),
    week: Number(week),
    weekday: (Number(weekday) + 6) % 7,
    seconds: secondsOf(time, 2 * HOUR),
  };
}

function secondsOf(text: string | undefined, without: number): number {
  if (text === undefined) return without;
  const [hours = 0, minutes = 0, seconds = 0] = text.replace(/^[+-]/, '').split(':').map(Number);
  const size = hours * HOUR + minutes * 60 + seconds;
  return text.startsWith('-') ? -size : size;
}

function nameOf(text: string): string {
  return text.replace(/[<>]/g, '');
}
