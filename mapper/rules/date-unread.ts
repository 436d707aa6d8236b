import { type DateField, type DatePattern, fieldName } from './date-pattern.js';

/** A field that is written, but not read, and what is likely meant by its letters. */
export interface UnreadField {
  readonly letters: string;
  readonly name: string;
  /** 0-based index of the pattern that does not read it; null: each of them does, but what it is a part of is not written. */
  readonly item: number | null;
  readonly likely: { readonly letters: string; readonly name: string } | null;
}

type Clock = 'hour' | 'minute' | 'second' | 'fraction';

/** From the largest to the smallest. */
const CLOCK = ['hour', 'minute', 'second', 'fraction'] as const satisfies readonly Clock[];

const DATE = ['year', 'month', 'day'] as const;

/** The letters that are taken for each other. */
const LIKELY: Readonly<Partial<Record<DateField, readonly [DateField, (letters: string) => string]>>> = {
  minute: ['month', (letters) => letters.toUpperCase()],
  fraction: ['second', (letters) => letters.toLowerCase().slice(0, 2)],
};

/** Whether a pattern has a field of the time of day. */
export function writesClock({ elements }: DatePattern): boolean {
  return elements.some((element) => element.kind === 'field' && isClock(plainField(element.field)));
}

/** The fields of a pattern; an hour to 12 is an hour. */
export function fieldsRead({ elements }: DatePattern): ReadonlySet<DateField> {
  return new Set(
    elements.flatMap((element) => (element.kind === 'field' ? [plainField(element.field)] : [])),
  );
}

/**
 * The first field of the time of day that is written without being read, or that stands for nothing alone: minutes beside a
 * date need hours, and a fraction needs seconds. A date alone may get the time 00:00, and 12:30 be 12:30:00. `read`: the
 * fields of each pattern; null for one that reads all.
 */
export function unreadField(
  written: DatePattern,
  read: readonly (ReadonlySet<DateField> | null)[],
): UnreadField | null {
  const fields = fieldsRead(written);
  for (const element of written.elements) {
    if (element.kind === 'literal') continue;
    const field = plainField(element.field);
    if (!isClock(field)) continue;
    const unread = read.findIndex((given) => given !== null && !isKnown(field, given, fields));
    if (unread < 0 && !isLost(field, fields)) continue;
    const [other, lettersOf] = LIKELY[field] ?? [];
    const likely =
      other === undefined || lettersOf === undefined || fields.has(other)
        ? null
        : { letters: lettersOf(element.letters), name: fieldName(other) };
    return { letters: element.letters, name: fieldName(field), item: unread < 0 ? null : unread, likely };
  }
  return null;
}

/** Whether a part of the clock is read, or is zero because larger parts are all that is known. */
function isKnown(field: Clock, read: ReadonlySet<DateField>, written: ReadonlySet<DateField>): boolean {
  if (read.has(field)) return true;
  const larger = CLOCK.slice(0, CLOCK.indexOf(field));
  if (!larger.every((part) => written.has(part))) return false;
  const isDateAlone = CLOCK.every((part) => !read.has(part));
  return isDateAlone ? written.has('minute') : larger.some((part) => read.has(part));
}

/** Whether a part of the clock stands beside other fields, but not beside the one that it is a part of. */
function isLost(field: Clock, written: ReadonlySet<DateField>): boolean {
  if (field === 'minute') return !written.has('hour') && DATE.some((part) => written.has(part));
  return field === 'fraction' && !written.has('second') && written.size > 1;
}

function isClock(field: DateField): field is Clock {
  return (CLOCK as readonly DateField[]).includes(field);
}

function plainField(field: DateField): DateField {
  return field === 'hour12' ? 'hour' : field;
}
