import {
  NO_OFFSET,
  ZONE_CHANGES,
  ZONE_COUNT,
  ZONE_FIRST,
  ZONE_LIMIT,
  ZONE_OFFSET_COUNT,
  ZONE_OFFSETS,
} from './layout';

/** Set when a moment was later than the table of a zone reaches, so that the reference has to map the record. */
export let isBeyondZones: bool = false;
/** The date that `setDateOfDays` found. */
export let zoneYear: i32 = 0;
export let zoneMonth: i32 = 0;
export let zoneDay: i32 = 0;

export function forgetZones(): void {
  isBeyondZones = false;
}

/** Seconds to the east of UTC at a moment; NO_OFFSET where the table ends. layout.ts describes `zone`. */
export function offsetAt(zone: usize, moment: i64): i32 {
  if (moment >= load<i64>(zone, ZONE_LIMIT)) {
    isBeyondZones = true;
    return NO_OFFSET;
  }
  let low: u32 = 0;
  let high = load<u32>(zone, ZONE_COUNT);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<i64>(zone + ((<usize>middle) << 4), ZONE_CHANGES) <= moment) low = middle + 1;
    else high = middle;
  }
  return low === 0
    ? load<i32>(zone, ZONE_FIRST)
    : load<i32>(zone + ((<usize>(low - 1)) << 4), ZONE_CHANGES + 8);
}

/** The offset where clocks show this, of the earlier moment if there are two; NO_OFFSET if there is none. */
export function offsetOfLocal(zone: usize, local: i64): i32 {
  const count = load<u32>(zone, ZONE_OFFSET_COUNT);
  for (let index: usize = 0; index < <usize>count; index++) {
    const offset = load<i32>(zone + (index << 2), ZONE_OFFSETS);
    if (offsetAt(zone, local - <i64>offset) === offset) return offset;
  }
  return NO_OFFSET;
}

/** Days since 1 January 1970, of years from 1 on; mapper/zones/calendar.ts has the source. */
export function daysOf(year: u32, month: u32, day: u32): i32 {
  const y = month <= 2 ? year - 1 : year;
  const era = y / 400;
  const yearOfEra = y % 400;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
  return <i32>(era * 146097 + dayOfEra) - 719468;
}

/** Days from 400 years before the year 0 on. */
export function setDateOfDays(days: i32): void {
  const shifted = <u32>(days + 719468 + 146097);
  const era = shifted / 146097;
  const dayOfEra = shifted % 146097;
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const month = (5 * dayOfYear + 2) / 153;
  zoneDay = <i32>(dayOfYear - (153 * month + 2) / 5 + 1);
  zoneMonth = <i32>(month < 10 ? month + 3 : month - 9);
  zoneYear = <i32>(yearOfEra + era * 400) - 400 + <i32>(zoneMonth <= 2);
}
