import { dateFromDays, daysFromDate, daysInMonth } from '../zones/calendar.js';
import type { Zone } from '../zones/zone.js';

/** A date and a time of day, as a clock on the wall shows them. `nanosecond` is the fraction of the second. */
export interface WallClock {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanosecond: number;
}

/** What a text says of a date. */
export interface DateParts extends WallClock {
  /** Seconds to the east of UTC; null if the text does not say. */
  readonly offset: number | null;
  /** The time zone; null if the text does not name one. */
  readonly zone: Zone | null;
  /** 0 for Monday to 6 for Sunday; null if the text does not say. */
  readonly weekday: number | null;
}

/** Years that dates may have. */
export const [FIRST_YEAR, LAST_YEAR] = [1, 9999] as const;

export function isInCalendar({ year, month, day, hour, minute, second }: WallClock): boolean {
  return (
    year >= FIRST_YEAR &&
    year <= LAST_YEAR &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysInMonth(year, month) &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 59
  );
}

const DAY = 86_400;

/** Seconds since 1970 on the clock's own scale, without the fraction. */
export function secondsOf({ year, month, day, hour, minute, second }: WallClock): number {
  return daysFromDate(year, month, day) * DAY + hour * 3600 + minute * 60 + second;
}

/** The clock at so many seconds since 1970. */
export function wallClockAt(seconds: number, nanosecond: number): WallClock {
  const days = Math.floor(seconds / DAY);
  const rest = seconds - days * DAY;
  return {
    ...dateFromDays(days),
    hour: Math.floor(rest / 3600),
    minute: Math.floor((rest % 3600) / 60),
    second: rest % 60,
    nanosecond,
  };
}
