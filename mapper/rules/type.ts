import type { ByteForm } from './byte-form.js';
import { dateRule } from './date.js';
import { parseDatePattern } from './date-pattern.js';
import { LOCALE_OF_JOB, plainTextReader } from './decimal-reader.js';
import { defineRule } from './define-rule.js';
import { invalid, type RuleResult, valid, withoutSpacesAround } from './rule.js';

const DAY = 'yyyy-MM-dd';
const FORM = /^(?:integer|boolean|date|decimal(?: *\( *(\d{1,4}) *, *(\d{1,4}) *\))?)$/;

/** Judges whether a text is a value of a type, as databases write it. */
export const typeRule = defineRule({
  name: 'type',
  options: {
    name: {
      kind: 'text',
      form: 'integer, decimal, decimal(p,s), boolean or date',
      check: flawOfType,
      describe: 'integer, decimal, decimal(p,s) with p digits of which s are a fraction, boolean, or date',
    },
    locale: LOCALE_OF_JOB,
  },
  main: 'name',
  onlyJudges: true,
  readsNumbers: true,
  accepts: 'some texts',
  apply: ({ name, locale }) => judgeOf(name, locale),
  byteForm: ({ name, locale }) => (locale === undefined ? byteFormOf(name) : null),
  describe: {
    summary: 'A value of a type: integer, decimal(p,s), boolean or date',
    does: 'Changes nothing. `integer`: a sign and digits. `decimal(p,s)`: at most `p` digits, `s` of them after the point; `decimal` alone: any number of them. `boolean`: true or false in any case. `date`: a day of the calendar as yyyy-MM-dd',
    invalid: 'everything else: spaces around, exponents, separators, empty fields',
    inPlan: ({ name, locale }) =>
      locale === undefined || !/^(?:integer|decimal)/.test(name)
        ? `type ${name}`
        : `type ${name}, locale ${locale}`,
  },
});

function flawOfType(name: string) {
  const match = FORM.exec(name);
  const accepted = 'integer, decimal, decimal(10,2), boolean, date';
  if (match === null) return { message: `"${name}" is no type that can be judged`, accepted };
  const [, digits, places] = match;
  if (digits === undefined || (Number(digits) >= 1 && Number(places) <= Number(digits))) return null;
  return { message: 'A decimal has at least one digit, and no more after the point than in all', accepted };
}

function byteFormOf(name: string): ByteForm | null {
  switch (name) {
    case 'integer':
    case 'boolean':
      return { operation: 'type', type: name };
    case 'date': {
      const day = parseDatePattern(DAY, 'from');
      return day.ok ? { operation: 'type', type: name, day: day.pattern } : null;
    }
    default:
      return { operation: 'type', type: 'decimal', most: mostDigits(name) };
  }
}

function judgeOf(name: string, locale: string | undefined): (text: string) => RuleResult {
  switch (name) {
    case 'integer':
      return inLocale(byShape(/^[+-]?\d+$/, invalid('not an integer')), locale);
    case 'boolean':
      return byShape(/^(?:true|false)$/i, invalid('not true or false'));
    case 'date':
      return dateJudge();
    default:
      return inLocale(decimalJudge(name), locale);
  }
}

/** The judge of numbers as a locale writes them, without spaces around and exponents, as in the plain form. */
function inLocale(
  judge: (text: string) => RuleResult,
  locale: string | undefined,
): (text: string) => RuleResult {
  if (locale === undefined) return judge;
  const read = plainTextReader(locale);
  return (text) => {
    const isBare = withoutSpacesAround(text) === text && !/e/i.test(text);
    const result = judge((isBare ? read(text) : null) ?? (text === '' ? '' : NO_NUMBER));
    return result.ok ? valid(text) : result;
  };
}

const NO_NUMBER = 'no number';

function byShape(shape: RegExp, refused: RuleResult): (text: string) => RuleResult {
  return (text) => (shape.test(text) ? valid(text) : text === '' ? EMPTY : refused);
}

const EMPTY = invalid('empty');

function dateJudge(): (text: string) => RuleResult {
  const { apply } = dateRule.make({ from: [DAY], to: DAY });
  const refused = invalid(`not a date as ${DAY}`);
  return (text) => {
    if (text === '') return EMPTY;
    const result = apply(text);
    return result.ok && result.text === text ? result : refused;
  };
}

/** The most digits before the point and after it; null: any number of them. */
function mostDigits(name: string): { readonly whole: number; readonly places: number } | null {
  const [, digits, places] = FORM.exec(name) ?? [];
  return digits === undefined ? null : { whole: Number(digits) - Number(places), places: Number(places) };
}

function decimalJudge(name: string): (text: string) => RuleResult {
  const most = mostDigits(name);
  const refused = invalid('not a decimal number');
  const tooLong = invalid(`not a ${name}: too many digits`);
  return (text) => {
    if (text === '') return EMPTY;
    const match = /^[+-]?0*([1-9]\d*)?(?:\.(\d*))?$/.exec(text);
    if (match === null || !/\d/.test(text)) return refused;
    const [, whole = '', fraction = ''] = match;
    return most === null || (whole.length <= most.whole && fraction.length <= most.places)
      ? valid(text)
      : tooLong;
  };
}
