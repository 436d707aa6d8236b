import { localeFlaw } from '../locales/locale.js';
import type { ByteForm } from './byte-form.js';
import { defineRule } from './define-rule.js';
import { roundExactly } from './exact-rounding.js';
import { ROUNDING_MODES, type RoundingMode } from './rounding-mode.js';
import { invalid, valid, withoutSpacesAround } from './rule.js';
import { type NumberOptions, type NumberStyle, numberReader, numberStyleOf } from './written-number.js';

/** Larger exponents are invalid, as probable mistakes; 1e-9999 is still rounded. */
const MAX_EXPONENT = 9999;

/** More digits after the decimal point than anybody needs. */
const MAX_PLACES = 1000;

// Each digit matches in only one way, so that a long field cannot cause slow backtracking.
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE]([+-]?\d+))?$/;

/**
 * Exact decimal rounding. Accepts a sign, digits, a fraction (`.5` and `5.` too), an exponent up to `MAX_EXPONENT`, and
 * spaces around; with `locale`, `currency` or `percent` also what they allow; everything else is invalid. The result has
 * exactly `places` decimal places, no exponent, no plus sign, and is never a negative zero.
 */
export const roundRule = defineRule({
  name: 'round',
  options: {
    places: { kind: 'integer', min: 0, max: MAX_PLACES, describe: 'Digits after the decimal point' },
    mode: {
      kind: 'choice',
      of: ROUNDING_MODES,
      normalize: (text) => text.toLowerCase().replaceAll('_', '-'),
      default: 'half-even',
      describe: "Rounding mode, named as in Java's RoundingMode; half-even by default",
    },
    locale: {
      kind: 'text',
      form: 'a locale such as de or en-US',
      check: localeFlaw,
      optional: true,
      describe:
        'The locale that the numbers are written in: its decimal sign, its groups, digits of any script',
    },
    currency: {
      kind: 'flag',
      optional: true,
      describe:
        'Whether signs and codes of currencies, parentheses for negative numbers and a minus at the end are taken; without a locale also groups as in English',
    },
    percent: {
      kind: 'choice',
      of: ['divide', 'drop'],
      optional: true,
      describe:
        'What a percent sign means: divide by 100, or drop the sign. Without it a percent sign is invalid',
    },
  },
  readsNumbers: true,
  writes: 'plain numbers',
  accepts: 'some texts',
  apply: ({ places, mode, ...written }) => {
    const style = numberStyleOf(written);
    const numberOf = style === null ? (text: string) => text : numberReader(style);
    const { locale } = written;
    const notANumber = locale === undefined ? 'not a number' : `not a number in locale ${locale}`;
    return (text) => {
      const trimmed = withoutSpacesAround(text);
      if (trimmed === '') return invalid('empty');
      const number = numberOf(trimmed);
      const match = number === null ? null : NUMBER.exec(number);
      if (number === null || match === null) return invalid(notANumber);
      if (Math.abs(Number(match[1] ?? 0)) > MAX_EXPONENT) return invalid('an exponent out of range');
      const fixed = roundExactly(number, places, mode);
      if (fixed === null) return invalid(`more than ${places} decimal places`);
      return valid(/^-[0.]+$/.test(fixed) ? fixed.slice(1) : fixed);
    };
  },
  byteForm: ({ places, mode, ...written }) => byteFormOf(places, mode, numberStyleOf(written)),
  describe: {
    summary: 'Exact decimal rounding',
    does: `Exact decimal rounding, never binary floats. Modes of Java's RoundingMode: ${modesInWords()}. Exactly \`places\` digits, no exponent, no \`-0\`. See [Money](#money) for \`locale\`, \`currency\` and \`percent\``,
    invalid:
      'NaN, Infinity, empty fields; without the options for them group signs, currencies and percent signs',
    inPlan: ({ places, mode, ...written }) =>
      [`round to ${places} places`, mode, ...inWords(written)].join(', '),
  },
});

function byteFormOf(places: number, mode: RoundingMode, style: NumberStyle | null): ByteForm {
  return style === null ? { operation: 'round', places, mode } : { operation: 'money', places, mode, style };
}

function inWords({ locale, currency, percent }: NumberOptions): string[] {
  return [
    ...(locale === undefined ? [] : [`locale ${locale}`]),
    ...(currency === true ? ['currency'] : []),
    ...(percent === undefined ? [] : [`percent ${percent}`]),
  ];
}

function modesInWords(): string {
  const [first, ...others] = ROUNDING_MODES.map((mode) => `\`${mode}\``);
  return [`${first} (default)`, ...others].join(', ');
}
