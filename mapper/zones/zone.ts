import { nearestText } from '../nearest-text.js';
import { dateFromDays } from './calendar.js';
import { changesIn, parsePosixRule, type TimeKind, timeKindAt } from './posix-rule.js';
import { ZONE_LINKS, ZONES } from './zone-data.js';

/** Seconds of a minute, an hour and a day. */
export const [MINUTE, HOUR, DAY] = [60, 3600, 86_400] as const;
/** Offsets go to 18 hours, as in Java. */
export const MAX_OFFSET = 18 * HOUR;

/** A time zone. Times are whole seconds since 1970, in UTC or as a clock on the wall shows them. */
export interface Zone {
  /** As it was asked for. */
  readonly id: string;
  /** The kind of time at a moment in UTC. */
  kindAt(utcSeconds: number): TimeKind;
  /** The offset where clocks show this; null if they skipped it, and the one of the earlier moment if it came twice. */
  offsetOfLocal(localSeconds: number): number | null;
  /** Moments at which the offset changes, up to a year, in order. */
  changesUntil(year: number): readonly number[];
}

/** The zone of an IANA name, of UTC or of an offset such as `+02:00`; null if there is none. */
export function findZone(id: string): Zone | null {
  const offset = offsetOfText(id);
  if (offset !== null) return fixedZone(id, offset);
  const name = canonical(id);
  const data = name === null ? undefined : ZONES[name];
  return data === undefined ? null : parsedZone(id, data);
}

/** What is wrong with a zone's name; null if it is known. */
export function zoneFlaw(id: string): { message: string; accepted: string } | null {
  if (findZone(id) !== null) return null;
  const near = nearestText(id, allNames());
  return {
    message: `The time zone ${JSON.stringify(id)} is not known`,
    accepted: `UTC, an offset such as +02:00, or a name such as Europe/Berlin; the nearest is ${near}`,
  };
}

/** A zone whose clocks never change. */
export function fixedZone(
  id: string,
  offset: number,
  abbreviation = offset === 0 ? 'UTC' : formatOffset(offset),
): Zone {
  const kind = { offset, abbreviation };
  return { id, kindAt: () => kind, offsetOfLocal: () => offset, changesUntil: () => [] };
}

/** `+02:00`; seconds only where there are some. */
export function formatOffset(offset: number): string {
  const [hours, minutes, seconds] = partsOfOffset(offset);
  return `${offset < 0 ? '-' : '+'}${two(hours)}:${two(minutes)}${seconds === 0 ? '' : `:${two(seconds)}`}`;
}

/** Hours, minutes and seconds, without the sign. */
export function partsOfOffset(offset: number): [number, number, number] {
  const size = Math.abs(offset);
  return [Math.floor(size / HOUR), Math.floor((size % HOUR) / MINUTE), size % MINUTE];
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

/** `Z`, `UTC`, `GMT`, `+02:00`, `UTC+2`; null for any other text. */
function offsetOfText(text: string): number | null {
  const match = /^(?:(Z|UTC|GMT|UT)|(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?([0-5]\d))?)$/i.exec(text);
  if (match === null) return null;
  if (match[1] !== undefined) return 0;
  const size = Number(match[3]) * HOUR + Number(match[4] ?? 0) * MINUTE;
  if (size > MAX_OFFSET) return null;
  return match[2] === '-' ? -size : size;
}

let names: ReadonlyMap<string, string> | undefined;

/** The name that has the data, whatever the letter case. */
function canonical(id: string): string | null {
  if (ZONES[id] !== undefined) return id;
  names ??= new Map([
    ...Object.keys(ZONES).map((name) => [name.toLowerCase(), name] as const),
    ...Object.entries(ZONE_LINKS).flatMap(([name, links]) =>
      links.split(' ').map((link) => [link.toLowerCase(), name] as const),
    ),
  ]);
  return names.get(id.toLowerCase()) ?? null;
}

function allNames(): string[] {
  return [...Object.keys(ZONES), ...Object.values(ZONE_LINKS).flatMap((links) => links.split(' '))];
}

function parsedZone(id: string, data: string): Zone {
  const [kindsText = '', differences = '', indexes = '', footer = ''] = data.split('|');
  const kinds = kindsText.split(',').map((text): TimeKind => {
    const [abbreviation = '', offset] = text.split(' ');
    return { abbreviation, offset: Number(offset) };
  });
  let moment = 0;
  const changes = (differences === '' ? [] : differences.split(' ')).map((difference) => {
    moment += Number.parseInt(difference, 36);
    return moment;
  });
  const rule = parsePosixRule(footer);
  const last = changes.at(-1) ?? Number.NEGATIVE_INFINITY;
  const changesUntil = (year: number) => {
    const next = changes.length === 0 ? 1970 : dateFromDays(Math.floor(last / DAY)).year;
    const years = Array.from({ length: Math.max(0, year - next + 1) }, (_, index) => next + index);
    return [...changes, ...years.flatMap((at) => changesIn(rule, at)).filter((change) => change > last)];
  };
  // The rule begins with a change of its own: before it, the last change in the data decides.
  const [ruleBegins = Number.POSITIVE_INFINITY] = changesUntil(
    changes.length === 0 ? 1970 : dateFromDays(Math.floor(last / DAY)).year + 1,
  ).slice(changes.length);
  const kindAt = (utc: number): TimeKind => {
    if (utc >= ruleBegins) return timeKindAt(rule, utc);
    const before = indexOfLast(changes, utc);
    return kinds[before < 0 ? 0 : Number.parseInt(indexes.charAt(before), 36)] as TimeKind;
  };
  const offsets = [...kinds, rule.standard, ...(rule.summer === null ? [] : [rule.summer.kind])].map(
    ({ offset }) => offset,
  );
  // The largest offset is that of the earliest moment.
  const candidates = [...new Set(offsets)].sort((a, b) => b - a);
  return {
    id,
    kindAt,
    offsetOfLocal: (local) => candidates.find((offset) => kindAt(local - offset).offset === offset) ?? null,
    changesUntil,
  };
}

/** The index of the last number that is not above `value`; -1 if all are. The numbers ascend. */
function indexOfLast(numbers: readonly number[], value: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
