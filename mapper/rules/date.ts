import { type DateElement, type DateField, type DatePattern, parseDatePattern } from './date-pattern.js';
import { defineRule } from './define-rule.js';
import type { TextFlaw } from './options.js';
import { invalid, valid, withoutSpacesAround } from './rule.js';

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const SHORT_MONTHS = MONTHS.map((month) => month.slice(0, 3));
const HALF_DAYS = ['AM', 'PM'];

/** The parts of a date. `nanosecond` is the fraction of the second. */
interface DateValue {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  nanosecond: number;
}

/**
 * Reads a date with the first pattern that matches and gives a calendar date, and writes it with another pattern. Parts
 * of the time that are not in `from` are 0. Spaces around the date are ignored.
 */
export const dateRule = defineRule({
  name: 'date',
  options: {
    from: {
      kind: 'texts',
      form: "a pattern such as 'M/d/yyyy'",
      check: (text) => flawOf(text, 'from'),
      describe: 'One pattern, or a list of patterns tried in order: M/d/yyyy',
    },
    to: {
      kind: 'text',
      form: "a pattern such as 'yyyy-MM-dd'",
      check: (text) => flawOf(text, 'to'),
      describe: 'The pattern to write: yyyy-MM-dd',
    },
  },
  accepts: 'some texts',
  apply: (options) => {
    const { from, to } = patternsOf(options);
    const readers = from.map(dateReader);
    const write = dateWriter(to);
    return (text) => {
      const trimmed = withoutSpacesAround(text);
      if (trimmed === '') return invalid('empty');
      let reason = 'not a date';
      for (const read of readers) {
        const date = read(trimmed);
        if (date === null) continue;
        if (isInCalendar(date)) return valid(write(date));
        reason = 'not a date of the calendar';
      }
      return invalid(reason);
    };
  },
  byteForm: (options) => ({ operation: 'date', ...patternsOf(options) }),
  describe: {
    summary: 'Reads a date by one pattern and writes it by another',
    does: "Reads by one pattern, or by a list tried in order; writes by another. Letters as in Java, Hive and Spark: `yyyy` `yy` `y`, `M` `MM` `MMM` `MMMM`, `d` `dd`, `H` `HH`, `h` `hh` with `a`, `m` `mm`, `s` `ss`, `S`…, `'text'`. `M` and `d` take one or two digits, `MM` and `dd` exactly two. Spaces around are ignored",
    invalid: 'what is not in the calendar: 2/30, 2/29/2015, 13/1; empty fields',
    inPlan: ({ from, to }) => `date ${from.join(' or ')} → ${to}`,
  },
});

function flawOf(text: string, use: 'from' | 'to'): TextFlaw | null {
  const result = parseDatePattern(text, use);
  return result.ok ? null : result.problem;
}

function patternsOf({ from, to }: { from: readonly string[]; to: string }) {
  return { from: from.map((text) => pattern(withoutSpacesAround(text), 'from')), to: pattern(to, 'to') };
}

/** Throws a RangeError if a pattern is not accepted. `flawOf` has checked it before. */
function pattern(text: string, use: 'from' | 'to'): DatePattern {
  const result = parseDatePattern(text, use);
  if (!result.ok) throw new RangeError(`Date pattern "${text}": ${result.problem.message}`);
  return result.pattern;
}

function isInCalendar({ year, month, day, hour, minute, second }: DateValue): boolean {
  return (
    year >= 1 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysInMonth(year, month) &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 59
  );
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Null if the text does not match the pattern. The date may still not be in the calendar. */
function dateReader({ elements }: DatePattern): (text: string) => DateValue | null {
  const shape = new RegExp(`^${elements.map(elementShape).join('')}$`);
  const fields = elements.filter((element) => element.kind === 'field');
  return (text) => {
    const match = shape.exec(text);
    if (match === null) return null;
    const date = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0, nanosecond: 0 };
    let halfDay = 0;
    for (const [index, { field, form }] of fields.entries()) {
      const part = match[index + 1] as string;
      if (field === 'halfDay') halfDay = indexOfName(HALF_DAYS, part);
      else if (field === 'fraction') date.nanosecond = Number(part.padEnd(9, '0'));
      else if (field === 'hour12') {
        // 0 and 13 are not 12-hour clock hours; the calendar check refuses 99.
        const hour = Number(part);
        date.hour = hour < 1 || hour > 12 ? 99 : hour % 12;
      } else if (form === 'shortName') date[field] = indexOfName(SHORT_MONTHS, part) + 1;
      else if (form === 'fullName') date[field] = indexOfName(MONTHS, part) + 1;
      else date[field] = Number(part) + (form === 'twoDigitYear' ? 2000 : 0);
    }
    date.hour += halfDay * 12;
    return date;
  };
}

function elementShape(element: DateElement): string {
  if (element.kind === 'literal') return element.text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  switch (element.form) {
    case 'number':
      return element.field === 'year' ? '(\\d{1,4})' : '(\\d{1,2})';
    case 'padded':
    case 'twoDigitYear':
      return `(\\d{${element.letters.length}})`;
    case 'shortName':
      return `(${(element.field === 'halfDay' ? HALF_DAYS : SHORT_MONTHS).map(anyCase).join('|')})`;
    case 'fullName':
      return `(${MONTHS.map(anyCase).join('|')})`;
  }
}

function anyCase(name: string): string {
  return name.replace(/[A-Za-z]/g, (letter) => `[${letter.toUpperCase()}${letter.toLowerCase()}]`);
}

function indexOfName(names: readonly string[], text: string): number {
  return names.findIndex((name) => name.toLowerCase() === text.toLowerCase());
}

function dateWriter({ elements }: DatePattern): (date: DateValue) => string {
  return (date) =>
    elements
      .map((element) => (element.kind === 'literal' ? element.text : writeField(element, date)))
      .join('');
}

function writeField(element: Extract<DateElement, { kind: 'field' }>, date: DateValue): string {
  const { field, form, letters } = element;
  if (field === 'halfDay') return HALF_DAYS[date.hour < 12 ? 0 : 1] as string;
  if (field === 'fraction') return String(date.nanosecond).padStart(9, '0').slice(0, letters.length);
  if (form === 'shortName') return SHORT_MONTHS[date.month - 1] as string;
  if (form === 'fullName') return MONTHS[date.month - 1] as string;
  const value = numberOf(field, date);
  if (form === 'number') return String(value);
  return String(form === 'twoDigitYear' ? value % 100 : value).padStart(letters.length, '0');
}

function numberOf(field: Exclude<DateField, 'halfDay' | 'fraction'>, date: DateValue): number {
  return field === 'hour12' ? date.hour % 12 || 12 : date[field];
}
