import type { NumberKind } from './number-format.js';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** Days from 1970-01-01 to the day 0 of each date system, in its years after 1900. */
const DAY_0_OF_1900 = -25_569;
const DAY_0_OF_1904 = -24_107;
/** Lotus 1-2-3 took 1900 for a leap year, and workbooks still count that day. */
const NO_DAY_OF_1900 = 60;
/** 9999-12-31 in the system of 1900. */
const LAST_DAY = 2_958_465;

/**
 * The text of a number in a cell that shows a date or time: `2024-02-29`, `2024-02-29 13:05:00`, `13:05:00`; with
 * milliseconds if it has some. Null if it is none: then the cell shows no date either. There are no time zones in workbooks.
 * The 29th of February 1900, which never was, is written as the workbook has it.
 */
export function dateText(serial: number, kind: NumberKind, is1904: boolean): string | null {
  if (kind === 'elapsed') return elapsedText(serial);
  const last = is1904 ? LAST_DAY - 1462 : LAST_DAY;
  if (!(serial >= 0 && serial < last + 1)) return null;
  let day = Math.floor(serial);
  let ms = Math.round((serial - day) * DAY_MS);
  if (ms === DAY_MS) {
    day++;
    ms = 0;
  }
  // A moment without a day, such as 0.5.
  if (day === 0 && !is1904) return timeText(ms);
  if (kind === 'time' && day === 0) return timeText(ms);
  const date = dayText(day, is1904);
  return kind === 'date' && ms === 0 ? date : `${date} ${timeText(ms)}`;
}

/** Columns of dates have few days, and to write one takes long. */
const MAX_DAYS = 4096;
const daysOf1900 = new Map<number, string>();
const daysOf1904 = new Map<number, string>();

function dayText(day: number, is1904: boolean): string {
  const known = is1904 ? daysOf1904 : daysOf1900;
  const text = known.get(day) ?? writeDay(day, is1904);
  if (known.size < MAX_DAYS) known.set(day, text);
  return text;
}

function writeDay(day: number, is1904: boolean): string {
  if (!is1904 && day === NO_DAY_OF_1900) return '1900-02-29';
  const days = is1904 ? day + DAY_0_OF_1904 : day + DAY_0_OF_1900 + (day < NO_DAY_OF_1900 ? 1 : 0);
  return new Date(days * DAY_MS).toISOString().slice(0, 10);
}

function elapsedText(serial: number): string | null {
  if (!Number.isFinite(serial)) return null;
  const ms = Math.round(Math.abs(serial) * DAY_MS);
  const hours = Math.floor(ms / HOUR_MS);
  return `${serial < 0 && ms > 0 ? '-' : ''}${two(hours)}:${minutesText(ms % HOUR_MS)}`;
}

function timeText(ms: number): string {
  return `${two(Math.floor(ms / HOUR_MS))}:${minutesText(ms % HOUR_MS)}`;
}

function minutesText(ms: number): string {
  const whole = `${two(Math.floor(ms / MINUTE_MS))}:${two(Math.floor(ms / 1000) % 60)}`;
  return ms % 1000 === 0 ? whole : `${whole}.${String(ms % 1000).padStart(3, '0')}`;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

const ISO = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?Z?$/;

/** The text of a cell that holds its date as text: `2024-02-29T00:00:00`, in the form of other dates. */
export function isoDateText(text: string, kind: NumberKind): string {
  const [, date, time] = ISO.exec(text) ?? [];
  if (date === undefined) return text;
  const seconds =
    time === undefined ? '00:00:00' : time.length === 5 ? `${time}:00` : time.replace(/\.0*$/, '');
  return seconds === '00:00:00' && (time === undefined || kind === 'date' || kind === 'number')
    ? date
    : `${date} ${seconds}`;
}
