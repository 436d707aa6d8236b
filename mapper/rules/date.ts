import { localeFlaw } from '../locales/locale.js';
import { daysFromDate, weekdayOf } from '../zones/calendar.js';
import { findZone, fixedZone, formatOffset, type Zone, zoneFlaw } from '../zones/zone.js';
import { type DateParts, FIRST_YEAR, isInCalendar, LAST_YEAR, secondsOf, wallClockAt } from './date-parts.js';
import { type DatePattern, parseDatePattern } from './date-pattern.js';
import { type DateReading, dateReader } from './date-reader.js';
import { fieldsRead, unreadField, writesClock } from './date-unread.js';
import {
  DATE_WORDS,
  type DateForm,
  isDateWord,
  isMoment,
  readDateWord,
  writeDateWord,
} from './date-words.js';
import { type DateToWrite, dateWriter } from './date-writer.js';
import { defineRule } from './define-rule.js';
import type { OptionFlaw, TextFlaw } from './options.js';
import { invalid, type RuleResult, valid, withoutSpacesAround } from './rule.js';

interface DateOptions extends DateReading {
  readonly from: readonly string[];
  readonly to: string;
  readonly zone?: { readonly read?: string; readonly write?: string };
}

/**
 * Reads a date with the first pattern that matches and gives a calendar date, and writes it with another pattern. Parts
 * of the time that are not in `from` are 0, and the day is 1. Spaces around the date are ignored.
 */
export const dateRule = defineRule({
  name: 'date',
  options: {
    from: {
      kind: 'texts',
      form: "a pattern such as 'M/d/yyyy'",
      check: (text) => flawOf(text, 'from'),
      describe: `One pattern, or a list of patterns tried in order: M/d/yyyy; or ${DATE_WORDS.join(', ')}`,
    },
    to: {
      kind: 'text',
      form: "a pattern such as 'yyyy-MM-dd'",
      check: (text) => flawOf(text, 'to'),
      describe: `The pattern to write: yyyy-MM-dd; or ${DATE_WORDS.join(', ')}`,
    },
    century: {
      kind: 'integer',
      min: 1,
      max: 9900,
      optional: true,
      describe:
        "The first of the hundred years that yy stands for: 1950 for 1950 to 2049. By default 80 years before the year of the output's first run",
    },
    zone: {
      kind: 'named-texts',
      names: ['read', 'write'],
      form: 'a time zone such as Europe/Berlin or UTC, or { read, write }',
      check: zoneFlaw,
      optional: true,
      describe:
        'The time zone of text without an offset (read), and the one that is written (write); one name is for both',
    },
    locale: {
      kind: 'text',
      form: 'a locale such as de or en-US',
      check: localeFlaw,
      optional: true,
      describe: 'The locale of the names of months and days; English by default',
    },
  },
  // Those of `epoch` and `excel`.
  writes: 'plain numbers',
  accepts: 'some texts',
  check: (options) => offsetFlaw(options) ?? unreadFlaw(options),
  apply: (options) => {
    const { from, to } = formsOf(options);
    const readers = from.map((form) => reader(form, options));
    const write = writer(to, options);
    const resolve = resolver(options);
    return (text) => {
      const trimmed = withoutSpacesAround(text.replace(SPACES, ' '));
      if (trimmed === '') return invalid('empty');
      let reason = 'not a date';
      for (const read of readers) {
        const parts = read(trimmed);
        if (parts === null) continue;
        const date = isInCalendar(parts) ? resolve(parts) : 'not a date of the calendar';
        if (typeof date === 'string') reason = date;
        else return write(date);
      }
      return invalid(reason);
    };
  },
  byteForm: (options) => ({ ...options, operation: 'date', ...formsOf(options) }),
  describe: {
    summary: 'Reads a date by one pattern and writes it by another',
    does: "Reads by one pattern, or by a list tried in order; writes by another. Letters as in Java, Hive and Spark: `yyyy` `yy` `y`, `M` `MM` `MMM` `MMMM`, `d` `dd`, `E` `EEEE`, `H` `HH`, `h` `hh` with `a`, `m` `mm`, `s` `ss`, `S`…, `X` `XXX` `Z` `z` `VV`, `'text'`; or a word: `epoch`, `epochMillis`, `excel`, `excel1904`. `M` and `d` take one or two digits, `MM` and `dd` exactly two. Spaces around are ignored. See [Dates](#dates) for `century`, `zone` and `locale`",
    invalid:
      'what is not in the calendar: 2/30, 2/29/2015, 13/1; a weekday that contradicts the date; empty fields',
    inPlan: (options) =>
      [`date ${options.from.join(' or ')} → ${options.to}`, ...inWords(options)].join(', '),
  },
});

/** Every kind of space is one: dates that JavaScript wrote have U+202F before AM and PM. */
const SPACES = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g;

function inWords({ century, zone, locale }: DateOptions): string[] {
  const { read, write } = zone ?? {};
  const zones = read === write ? [read] : [read && `read in ${read}`, write && `written in ${write}`];
  return [
    ...(century === undefined ? [] : [`years ${century} to ${century + 99}`]),
    ...zones.filter((text) => text !== undefined).map((text) => (text === read ? `zone ${text}` : text)),
    ...(locale === undefined ? [] : [`locale ${locale}`]),
  ];
}

/** A rule as a plan has it. */
interface RuleInPlan {
  readonly rule: string;
  readonly [option: string]: unknown;
}

/** Whether a rule reads years of two digits, and does not say which hundred years they stand for. */
export function needsCentury(plan: RuleInPlan): boolean {
  return plan.century === undefined && readsYearAs(plan, 'twoDigitYear');
}

/** Whether a rule reads years as `yy` or `y`, which version 0.1 read in another way. */
export function readsShortYears(plan: RuleInPlan): boolean {
  return readsYearAs(plan, 'twoDigitYear') || readsYearAs(plan, 'number');
}

function readsYearAs({ rule, from }: RuleInPlan, wanted: 'twoDigitYear' | 'number'): boolean {
  if (rule !== dateRule.name || !Array.isArray(from)) return false;
  return from.some((text) => {
    const form = typeof text === 'string' ? formOf(text, 'from') : null;
    if (form === null || typeof form === 'string') return false;
    return form.elements.some(
      (element) => element.kind === 'field' && element.field === 'year' && element.form === wanted,
    );
  });
}

/** In a mapper of one's own nothing but the rule can say which years two digits stand for. */
export function centuryFlaw(plan: RuleInPlan): OptionFlaw | null {
  if (!needsCentury(plan)) return null;
  const accepted = 'the first of the hundred years that yy stands for: 1950 for 1950 to 2049';
  return { option: 'century', item: null, given: undefined, message: '', accepted };
}

/** An offset can be written only where each text has one, or its zone is known. */
function offsetFlaw({ from, to, zone }: DateOptions): OptionFlaw | null {
  const written = formOf(to, 'to');
  const letters = typeof written === 'string' ? null : offsetLetters(written);
  if (letters === null || zone?.read !== undefined) return null;
  const item = from.findIndex((text) => {
    const form = formOf(text, 'from');
    return typeof form === 'string' ? !isMoment(form) : offsetLetters(form) === null;
  });
  if (item < 0) return null;
  const message = `"${letters}" writes an offset, but ${JSON.stringify(from[item])} reads none`;
  return {
    option: 'to',
    item: null,
    given: to,
    message,
    accepted: 'a zone for texts without an offset: zone: UTC',
  };
}

/** What is written must have been read: mm is no month, and SS no second. */
function unreadFlaw({ from, to }: DateOptions): OptionFlaw | null {
  const written = formOf(to, 'to');
  if (typeof written === 'string' || !writesClock(written)) return null;
  const fields = from.map((text) => {
    const form = formOf(text, 'from');
    return typeof form === 'string' ? null : fieldsRead(form);
  });
  const found = unreadField(written, fields);
  if (found === null) return null;
  const { item, letters, likely } = found;
  const why = item === null ? 'without what it is a part of' : `but ${JSON.stringify(from[item])} reads none`;
  const meant = likely === null ? '' : `; the ${likely.name} is "${likely.letters}"`;
  return {
    option: 'to',
    item: null,
    given: to,
    message: `"${letters}" writes the ${found.name}, ${why}${meant}`,
    accepted: 'fields that each pattern of from reads; for a date alone no time, or hours and minutes',
  };
}

function offsetLetters({ elements }: DatePattern): string | null {
  const element = elements.find(
    ({ kind, ...of }) => 'field' in of && (of.field === 'offset' || of.field === 'zone'),
  );
  return element?.kind === 'field' ? element.letters : null;
}

function flawOf(text: string, use: 'from' | 'to'): TextFlaw | null {
  if (isDateWord(withoutSpacesAround(text))) return null;
  const result = parseDatePattern(text, use);
  return result.ok ? null : result.problem;
}

function formsOf({ from, to }: DateOptions): { from: DateForm[]; to: DateForm } {
  return { from: from.map((text) => formOf(text, 'from')), to: formOf(to, 'to') };
}

/** Throws a RangeError if a pattern is not accepted. `flawOf` has checked it before. */
function formOf(text: string, use: 'from' | 'to'): DateForm {
  const trimmed = withoutSpacesAround(text);
  if (isDateWord(trimmed)) return trimmed;
  const result = parseDatePattern(use === 'from' ? trimmed : text, use);
  if (!result.ok) throw new RangeError(`Date pattern "${text}": ${result.problem.message}`);
  return result.pattern;
}

function reader(form: DateForm, options: DateOptions): (text: string) => DateParts | null {
  return typeof form === 'string' ? (text) => readDateWord(form, text) : dateReader(form, options);
}

function writer(form: DateForm, { locale }: DateOptions): (date: Located) => RuleResult {
  if (typeof form !== 'string') {
    const write = dateWriter(form, locale);
    return (date) => valid(write(date));
  }
  return (date) => {
    const text = writeDateWord(form, date, date.hasOffset ? date.offset : null);
    return text === null ? invalid(`before the first day of ${form}`) : valid(text);
  };
}

/** A date, and where its clock is; without an offset, that of UTC stands for it. */
interface Located extends DateToWrite {
  readonly hasOffset: boolean;
}

const UTC = fixedZone('UTC', 0);

/** What a text says → the date to write, or why there is none. */
function resolver({ zone = {} }: DateOptions): (parts: DateParts) => Located | string {
  const readZone = zone.read === undefined ? null : knownZone(zone.read);
  const writeZone = zone.write === undefined ? null : knownZone(zone.write);
  return (parts) => {
    if (
      parts.weekday !== null &&
      parts.weekday !== weekdayOf(daysFromDate(parts.year, parts.month, parts.day))
    ) {
      return 'a weekday that contradicts the date';
    }
    const local = secondsOf(parts);
    const named = parts.zone ?? (parts.offset === null ? readZone : null);
    const offset = parts.offset ?? named?.offsetOfLocal(local);
    if (offset === null) return 'a time that clocks skipped';
    if (offset === undefined) return { ...parts, offset: 0, zone: UTC, hasOffset: false };
    if (named !== null && named.kindAt(local - offset).offset !== offset) {
      return 'an offset that contradicts the time zone';
    }
    if (writeZone === null) {
      return { ...parts, offset, zone: named ?? fixedZone(formatOffset(offset), offset), hasOffset: true };
    }
    const moment = local - offset;
    const { offset: written } = writeZone.kindAt(moment);
    const clock = wallClockAt(moment + written, parts.nanosecond);
    if (clock.year < FIRST_YEAR || clock.year > LAST_YEAR) return 'not a date of the calendar';
    return { ...clock, offset: written, zone: writeZone, hasOffset: true };
  };
}

function knownZone(id: string): Zone {
  const zone = findZone(id);
  if (zone === null) throw new RangeError(`Time zone "${id}" is not known`);
  return zone;
}
