import { dateNamesOf, type Names } from '../locales/locale.js';
import type { ByteForm } from '../rules/byte-form.js';
import type { DateElement, DateField } from '../rules/date-pattern.js';
import type { DateWord } from '../rules/date-words.js';
import { findZone, type Zone } from '../zones/zone.js';
import * as at from './assembly/layout.js';

type DateByteForm = Extract<ByteForm, { operation: 'date' }>;
type FieldElement = Extract<DateElement, { kind: 'field' }>;

const PARTS: Partial<Record<DateField, number>> = {
  year: at.PART_YEAR,
  month: at.PART_MONTH,
  day: at.PART_DAY,
  hour: at.PART_HOUR,
  minute: at.PART_MINUTE,
  second: at.PART_SECOND,
  hour12: at.PART_HOUR12,
  halfDay: at.PART_HALF,
  weekday: at.PART_WEEKDAY,
};
const ELEMENT_BYTES = 8;
const NAME_BYTES = 16;
/** Later moments are left to the reference. */
const LAST_YEAR_OF_ZONES = 2100;

/** An element: what it is, three small numbers, and a large one or a table. */
type LaidOut = readonly [number, number, number, number, number | Uint8Array];

/**
 * A date's patterns and zones as assembly/any-date.ts reads them. Null where it can't: for zones in a pattern, names that are
 * not ASCII, and literals that would need quotes in CSV.
 */
export function layOutAnyDate({ from, to, ...options }: DateByteForm, delimiter: string): Uint8Array | null {
  const patterns = [...from, to].map((form, index): (LaidOut | null)[] => {
    const isWritten = index === from.length;
    if (typeof form === 'string') return [word(form, isWritten)];
    const { elements } = form;
    return elements.flatMap((element, place): (LaidOut | null)[] =>
      element.kind === 'literal'
        ? [...element.text].map((char) => literal(char, delimiter))
        : [field(element, elements[place + 1], isWritten, options, delimiter)],
    );
  });
  const zones = [options.zone?.read, options.zone?.write].map((id) =>
    id === undefined ? null : findZone(id),
  );
  const laidOutZones = zones.map((zone) => (zone === null ? null : layOutZone(zone)));
  if (patterns.some((elements) => elements.includes(null))) return null;
  if (zones.some((zone, index) => zone !== null && laidOutZones[index] === null)) return null;
  return join(patterns as LaidOut[][], laidOutZones);
}

function word(form: DateWord, isWritten: boolean): LaidOut | null {
  if (form === 'epoch' || form === 'epochMillis') {
    return [at.ANY_EPOCH, form === 'epoch' ? 0 : 1, 0, 0, 0];
  }
  return isWritten ? null : [at.ANY_SERIAL, form === 'excel' ? 0 : 1, 0, 0, 0];
}

function literal(char: string, delimiter: string): LaidOut | null {
  const isPlain = char >= ' ' && char <= '~' && char !== '"' && char !== delimiter;
  return isPlain ? [at.ANY_LITERAL, char.charCodeAt(0), 0, 0, 0] : null;
}

function field(
  element: FieldElement,
  next: DateElement | undefined,
  isWritten: boolean,
  { locale = 'en', century = 0 }: Pick<DateByteForm, 'locale' | 'century'>,
  delimiter: string,
): LaidOut | null {
  const { field: name, form, letters } = element;
  const part = PARTS[name] ?? 0;
  const takesPoint = next?.kind === 'literal' && next.text.startsWith('.') ? 0 : 1;
  switch (form) {
    case 'number':
      if (name === 'year') return [at.ANY_NUMBER, 1, 4, part, isWritten ? 0 : at.NOT_TWO_DIGITS];
      return [at.ANY_NUMBER, 1, 2, part, 0];
    case 'padded': {
      const { length } = letters;
      if (name === 'fraction') return [at.ANY_FRACTION, length, 0, 0, 10 ** (9 - length)];
      return [at.ANY_NUMBER, length, length, part, 0];
    }
    case 'twoDigitYear':
      return [at.ANY_YEAR_OF_CENTURY, 0, 0, 0, century];
    case 'offset':
      return [at.ANY_OFFSET, offsetFlags(letters), 0, 0, 0];
    case 'shortName':
    case 'fullName': {
      const names = namesOf(element, locale);
      if (name === 'halfDay' && !isWritten) return isAmPm(names) ? [at.ANY_HALF, takesPoint, 0, 0, 0] : null;
      const table = isWritten ? writtenNames(names, delimiter) : readNames(names, name === 'month' ? 1 : 0);
      return table === null ? null : [at.ANY_NAME, takesPoint, 0, part, table];
    }
    default:
      return null;
  }
}

function offsetFlags(letters: string): number {
  const hasColon = letters === 'XXX' || letters === 'xxx' || letters === 'ZZZZZ';
  return (
    (/^(X|ZZZZZ)/.test(letters) ? at.OFFSET_Z : 0) |
    (hasColon ? at.OFFSET_COLON : 0) |
    (letters === 'X' || letters === 'x' ? at.OFFSET_MAY_END : 0)
  );
}

function namesOf({ field: name, form }: FieldElement, locale: string): Names {
  const { months, shortMonths, days, shortDays, halves } = dateNamesOf(locale);
  if (name === 'halfDay') return halves;
  if (name === 'weekday') return form === 'fullName' ? days : shortDays;
  return form === 'fullName' ? months : shortMonths;
}

function isAmPm(names: Names): boolean {
  return names.map((forms) => forms.map((form) => form.toLowerCase()).join()).join() === 'am,pm';
}

/** Null where a name is not of ASCII letters. */
function readNames(names: Names, first: number): Uint8Array | null {
  const forms = names
    .flatMap((of, index) => of.map((form) => ({ form: form.replaceAll('.', '').toLowerCase(), index })))
    .sort((a, b) => b.form.length - a.form.length);
  if (forms.some(({ form }) => !/^[a-z]{1,255}$/.test(form))) return null;
  return Buffer.concat([
    ...forms.map(({ form, index }) => Buffer.from([form.length, index + first, ...Buffer.from(form)])),
    Buffer.from([0]),
  ]);
}

function writtenNames(names: Names, delimiter: string): Uint8Array | null {
  const forms = names.map(([form = '']) => form);
  if (forms.some((form) => !/^[A-Za-z.]{1,15}$/.test(form) || form.includes(delimiter))) return null;
  return Buffer.concat(
    forms.map((form) =>
      Buffer.concat([Buffer.from([form.length]), Buffer.from(form.padEnd(NAME_BYTES - 1, '\0'))]),
    ),
  );
}

function layOutZone(zone: Zone): Uint8Array | null {
  const changes = zone.changesUntil(LAST_YEAR_OF_ZONES);
  const before = zone.kindAt((changes[0] ?? 0) - 1).offset;
  const offsets = changes.map((change) => zone.kindAt(change).offset);
  const different = [...new Set([before, ...offsets])].sort((a, b) => b - a);
  if (different.length > at.MOST_ZONE_OFFSETS) return null;
  const bytes = Buffer.alloc(at.ZONE_CHANGES + changes.length * 16);
  bytes.writeUInt32LE(changes.length, at.ZONE_COUNT);
  bytes.writeInt32LE(before, at.ZONE_FIRST);
  const changesForever = zone.changesUntil(LAST_YEAR_OF_ZONES + 1).length > changes.length;
  const limit = changesForever ? Date.UTC(LAST_YEAR_OF_ZONES, 0, 1) / 1000 : Number.MAX_SAFE_INTEGER;
  bytes.writeBigInt64LE(BigInt(limit), at.ZONE_LIMIT);
  bytes.writeUInt32LE(different.length, at.ZONE_OFFSET_COUNT);
  for (const [index, offset] of different.entries()) bytes.writeInt32LE(offset, at.ZONE_OFFSETS + index * 4);
  for (const [index, change] of changes.entries()) {
    bytes.writeBigInt64LE(BigInt(change), at.ZONE_CHANGES + index * 16);
    bytes.writeInt32LE(offsets[index] as number, at.ZONE_CHANGES + index * 16 + 8);
  }
  return bytes;
}

/** All in one: the head, the patterns, then names and zones. */
function join(patterns: readonly LaidOut[][], zones: readonly (Uint8Array | null)[]): Uint8Array {
  const patternBytes = patterns.reduce((sum, { length }) => sum + (length + 1) * ELEMENT_BYTES, 0);
  const head = Buffer.alloc(at.ANY_PATTERNS + patternBytes);
  const tables: Uint8Array[] = [];
  let end = head.length;
  const add = (table: Uint8Array) => {
    // The kernel loads 16 bytes at once.
    const room = Buffer.concat([table, Buffer.alloc(16)]);
    tables.push(room);
    end += room.length;
    return end - room.length;
  };
  head.writeUInt32LE(patterns.length - 1, 0);
  for (const [index, zone] of zones.entries()) {
    if (zone !== null) head.writeUInt32LE(add(zone), index === 0 ? at.ANY_READ_ZONE : at.ANY_WRITE_ZONE);
  }
  let place: number = at.ANY_PATTERNS;
  for (const elements of patterns) {
    head.writeUInt32LE(elements.length, place);
    for (const [what, first, second, third, large] of elements) {
      place += ELEMENT_BYTES;
      head.set([what, first, second, third], place);
      head.writeUInt32LE(typeof large === 'number' ? large : add(large), place + 4);
    }
    place += ELEMENT_BYTES;
  }
  return Buffer.concat([head, ...tables]);
}
