import { localeFlaw } from '../locales/locale.js';
import { defineRule } from './define-rule.js';
import { hasUsualCase, upperCase } from './letter-case.js';
import { valid } from './rule.js';

/** Upper case by the Unicode mapping, whatever the locale: `ß` becomes `SS`. */
export const upperRule = defineRule({
  name: 'upper',
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
      valid(upperCase(text, locale)),
  applyToBytes: () => (bytes) => valid(bytes.replace(/[a-z]+/g, (letters) => letters.toUpperCase())),
  byteForm: ({ locale }) => (hasUsualCase(locale) ? { operation: 'upper' } : null),
  describe: {
    inPlan: ({ locale }) => (locale === undefined ? 'upper' : `upper, locale ${locale}`),
    summary: 'Upper case',
    does: 'Upper case. Full Unicode, whatever the locale; only with `locale: tr` or `az` dotted and dotless `i` are two letters. In a field that is not UTF-8 only ASCII letters change',
  },
});
