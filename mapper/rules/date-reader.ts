import { findZone, fixedZone, formatOffset, MAX_OFFSET, type Zone } from '../zones/zone.js';
import { nameReader } from './date-names.js';
import type { DateParts } from './date-parts.js';
import type { DateElement, DatePattern } from './date-pattern.js';
import { offsetOfAbbreviation } from './zone-abbreviations.js';

/** What decides the reading beside the pattern. */
export interface DateReading {
  readonly locale?: string;
  /** The first of the hundred years that two digits stand for. */
  readonly century?: number;
}

/** What is read of a text so far. */
type Draft = { -readonly [Name in keyof DateParts]: DateParts[Name] } & { half: number };

/** Reads an element at a place of a text into the draft. Returns where it ends, or -1 if it is not there. */
type ElementReader = (text: string, at: number, draft: Draft) => number;

/** Text → its parts by the pattern; null if the text does not match. The date may still not be in the calendar. */
export function dateReader(
  { elements }: DatePattern,
  reading: DateReading,
): (text: string) => DateParts | null {
  const readers = elements.map((element, index) => elementReader(element, elements[index + 1], reading));
  return (text) => {
    const draft = emptyDraft();
    let at = 0;
    for (const read of readers) {
      at = read(text, at, draft);
      if (at < 0) return null;
    }
    if (at !== text.length) return null;
    const { half, ...parts } = draft;
    return { ...parts, hour: parts.hour + half * 12 };
  };
}

/** A pattern without a day is the first of its month. */
function emptyDraft(): Draft {
  return {
    ...{ year: 0, month: 0, day: 1, hour: 0, minute: 0, second: 0, nanosecond: 0 },
    ...{ offset: null, zone: null, weekday: null, half: 0 },
  };
}

function elementReader(
  element: DateElement,
  next: DateElement | undefined,
  reading: DateReading,
): ElementReader {
  if (element.kind === 'literal') {
    const { text: literal } = element;
    return (text, at) => (text.startsWith(literal, at) ? at + literal.length : -1);
  }
  const { field, form, letters } = element;
  switch (form) {
    case 'shortName':
    case 'fullName': {
      const read = nameReader(element, reading.locale, next);
      return (text, at, draft) => {
        const name = read(text, at);
        if (name === null) return -1;
        if (field === 'halfDay') draft.half = name.index;
        else if (field === 'weekday') draft.weekday = name.index;
        else draft.month = name.index + 1;
        return name.end;
      };
    }
    case 'offset':
      return offsetReader(letters);
    case 'zoneName':
      return readZoneName;
    case 'zoneId':
      return readZoneId;
    case 'number':
      // `y` takes no two digits: 20 is not the year 20.
      return numberReader(field === 'year' ? /\d{3,4}|\d(?!\d)/y : /\d{1,2}/y, (number, draft) =>
        setNumber(draft, field, number),
      );
    case 'padded': {
      const digits = new RegExp(`\\d{${letters.length}}`, 'y');
      if (field !== 'fraction')
        return numberReader(digits, (number, draft) => setNumber(draft, field, number));
      return numberReader(digits, (number, draft) => {
        draft.nanosecond = number * 10 ** (9 - letters.length);
      });
    }
    case 'twoDigitYear': {
      const { century } = reading;
      if (century === undefined) throw new RangeError('Two digits of a year need a century');
      return numberReader(/\d{2}/y, (number, draft) => {
        draft.year = century + ((number - (century % 100) + 100) % 100);
      });
    }
  }
}

function numberReader(digits: RegExp, set: (number: number, draft: Draft) => void): ElementReader {
  return (text, at, draft) => {
    digits.lastIndex = at;
    const match = digits.exec(text);
    if (match === null) return -1;
    set(Number(match[0]), draft);
    return digits.lastIndex;
  };
}

function setNumber(draft: Draft, field: string, number: number): void {
  switch (field) {
    case 'year':
    case 'month':
    case 'day':
    case 'hour':
    case 'minute':
    case 'second':
      draft[field] = number;
      return;
    case 'hour12':
      // 0 and 13 are not hours of a 12-hour clock; the calendar check refuses 99.
      draft.hour = number < 1 || number > 12 ? 99 : number % 12;
  }
}

/** `X`, `XX` and `XXX` take Z for zero; `X` has minutes only where they are not zero; three letters have a colon. */
function offsetReader(letters: string): ElementReader {
  const minutes = letters.length === 3 || letters.length === 5 ? ':([0-5]\\d)' : '([0-5]\\d)';
  const shape =
    letters.startsWith('Z') && letters.length < 5
      ? '([0-5]\\d)'
      : letters.length === 1
        ? `${minutes}?`
        : minutes;
  const zero = /^(X|ZZZZZ)/.test(letters) ? 'Z|' : '';
  const offset = new RegExp(`${zero}([+-])(\\d{2})(?:${shape})`, 'y');
  return (text, at, draft) => {
    offset.lastIndex = at;
    const match = offset.exec(text);
    if (match === null) return -1;
    const size = Number(match[2] ?? 0) * 3600 + Number(match[3] ?? 0) * 60;
    if (size > MAX_OFFSET) return -1;
    // Not -0.
    draft.offset = match[1] === '-' ? 0 - size : size;
    return offset.lastIndex;
  };
}

const ZONE_NAME = /[A-Za-z]+(?:(?<=UTC|GMT|UT)[+-]\d{1,2}(?::?\d{2})?)?/y;

function readZoneName(text: string, at: number, draft: Draft): number {
  ZONE_NAME.lastIndex = at;
  const [name = ''] = ZONE_NAME.exec(text) ?? [];
  const offset =
    offsetOfAbbreviation(name) ?? (/\d/.test(name) ? (findZone(name)?.offsetOfLocal(0) ?? null) : null);
  if (name === '' || offset === null) return -1;
  draft.offset = offset;
  draft.zone = fixedZone(formatOffset(offset), offset, name);
  return at + name.length;
}

const ZONE_ID = /[A-Za-z][A-Za-z0-9_/+-]*(?::\d{2})?|[+-]\d{2}(?::\d{2})?/y;

const zones = new Map<string, Zone | null>();

function readZoneId(text: string, at: number, draft: Draft): number {
  ZONE_ID.lastIndex = at;
  const [id] = ZONE_ID.exec(text) ?? [];
  if (id === undefined) return -1;
  if (!zones.has(id) && zones.size < 1000) zones.set(id, findZone(id));
  draft.zone = zones.get(id) ?? findZone(id);
  return draft.zone === null ? -1 : at + id.length;
}
