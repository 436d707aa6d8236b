import { daysFromDate, weekdayOf } from '../zones/calendar.js';
import { partsOfOffset, type Zone } from '../zones/zone.js';
import { nameWriter } from './date-names.js';
import type { WallClock } from './date-parts.js';
import type { DateElement, DatePattern } from './date-pattern.js';

/** A date to write: what the clock shows, and where. */
export interface DateToWrite extends WallClock {
  /** Seconds to the east of UTC; 0 where no pattern writes it. */
  readonly offset: number;
  readonly zone: Zone;
}

type ElementWriter = (date: DateToWrite) => string;

/** A date → its text by the pattern. */
export function dateWriter(
  { elements }: DatePattern,
  locale: string | undefined,
): (date: DateToWrite) => string {
  const writers = elements.map((element) => elementWriter(element, locale));
  return (date) => writers.map((write) => write(date)).join('');
}

function elementWriter(element: DateElement, locale: string | undefined): ElementWriter {
  if (element.kind === 'literal') return () => element.text;
  const { field, form, letters } = element;
  switch (form) {
    case 'offset':
      return ({ offset }) => writeOffset(offset, letters);
    case 'zoneName':
      return ({ zone, offset, ...clock }) => zone.kindAt(momentOf(clock, offset)).abbreviation;
    case 'zoneId':
      return ({ zone }) => zone.id;
    case 'shortName':
    case 'fullName': {
      const name = nameWriter(element, locale);
      if (field === 'halfDay') return ({ hour }) => name(hour < 12 ? 0 : 1);
      if (field === 'weekday')
        return ({ year, month, day }) => name(weekdayOf(daysFromDate(year, month, day)));
      return ({ month }) => name(month - 1);
    }
    case 'number':
      return (date) => String(numberOf(field, date));
    case 'padded':
      if (field === 'fraction') {
        return ({ nanosecond }) => String(nanosecond).padStart(9, '0').slice(0, letters.length);
      }
      return (date) => String(numberOf(field, date)).padStart(letters.length, '0');
    case 'twoDigitYear':
      return ({ year }) => String(year % 100).padStart(2, '0');
  }
}

function momentOf({ year, month, day, hour, minute, second }: WallClock, offset: number): number {
  return daysFromDate(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset;
}

function numberOf(field: string, date: WallClock): number {
  switch (field) {
    case 'year':
      return date.year;
    case 'month':
      return date.month;
    case 'day':
      return date.day;
    case 'hour':
      return date.hour;
    case 'hour12':
      return date.hour % 12 || 12;
    case 'minute':
      return date.minute;
    default:
      return date.second;
  }
}

/** Seconds of an offset, which only zones of long ago have, are left out, as in Java. */
function writeOffset(offset: number, letters: string): string {
  const [hours, minutes] = partsOfOffset(offset);
  const isZero = hours === 0 && minutes === 0;
  if (isZero && /^(X|ZZZZZ)/.test(letters)) return 'Z';
  const sign = offset < 0 && !isZero ? '-' : '+';
  const hour = String(hours).padStart(2, '0');
  if (/^[Xx]$/.test(letters) && minutes === 0) return `${sign}${hour}`;
  const colon = letters.length === 3 || letters.length === 5 ? ':' : '';
  return `${sign}${hour}${letters === 'ZZZ' ? '' : colon}${String(minutes).padStart(2, '0')}`;
}
