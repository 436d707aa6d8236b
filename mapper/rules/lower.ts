import { localeFlaw } from '../locales/locale.js';
import { defineRule } from './define-rule.js';
import { hasUsualCase, lowerCase } from './letter-case.js';
import { valid } from './rule.js';

/** Lower case by the Unicode mapping, whatever the locale. */
export const lowerRule = defineRule({
  name: 'lower',
  options: {
    locale: {
      kind: 'text',
      form: 'a locale such as tr',
      check: localeFlaw,
      optional: true,
      describe: 'The locale of the letters; it matters for Turkish and Azerbaijani',
    },
  },
  accepts: 'every field',
  apply:
    ({ locale }) =>
    (text) =>
      valid(lowerCase(text, locale)),
  applyToBytes: () => (bytes) => valid(bytes.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())),
  byteForm: ({ locale }) => (hasUsualCase(locale) ? { operation: 'lower' } : null),
  describe: {
    inPlan: ({ locale }) => (locale === undefined ? 'lower' : `lower, locale ${locale}`),
    summary: 'Lower case',
    does: 'Lower case. Full Unicode, whatever the locale; only with `locale: tr` or `az` dotted and dotless `i` are two letters. In a field that is not UTF-8 only ASCII letters change',
  },
});
