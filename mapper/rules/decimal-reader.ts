import { localeFlaw } from '../locales/locale.js';
import type { TextOption } from './options.js';
import { MAX_CHARS, type PlainDecimal, plainDecimal } from './plain-decimal.js';
import { numberReader, numberStyleOf } from './written-number.js';

/** The locale of the job, for a rule that is written with its value alone, and so has none of its own. */
export const LOCALE_OF_JOB = {
  kind: 'text',
  form: 'a locale such as de or en-US',
  check: localeFlaw,
  optional: true,
  isInternal: true,
  describe: 'The locale that the numbers are written in',
} as const satisfies TextOption;

/** The reader of numbers in the plain form, or as people write them in a locale: text → plain text; null for no number. */
export function plainTextReader(locale: string | undefined): (text: string) => string | null {
  const style = numberStyleOf(locale === undefined ? {} : { locale });
  if (style === null) return (text) => text;
  const read = numberReader(style);
  return (text) => {
    const number = text.length > MAX_CHARS ? null : read(text);
    if (number === null) return null;
    // The reader adds a zero to the fraction, which counts as a digit here.
    const [whole = '', fraction = ''] = number.replace('0e', 'e').split('.');
    const hasPoint = !/^e/.test(fraction) || [...style.decimal].some((sign) => text.includes(sign));
    const [digits = '', exponent = '0'] = fraction.split('e');
    return `${whole}${hasPoint ? '.' : ''}${digits}${exponent === '0' ? '' : `e${exponent}`}`;
  };
}

/** The reader of numbers that are compared and computed exactly: null for a text that is none. */
export function decimalReader(locale: string | undefined): (text: string) => PlainDecimal | null {
  const read = plainTextReader(locale);
  return (text) => {
    const plain = read(text);
    return plain === null ? null : plainDecimal(plain);
  };
}
