import { defineRule } from './define-rule.js';
import { valid } from './rule.js';

/** Upper case by the Unicode mapping, whatever the locale: `ß` becomes `SS`. */
export const upperRule = defineRule({
  name: 'upper',
  options: {},
  accepts: 'every field',
  apply: () => (text) => valid(text.toUpperCase()),
  applyToBytes: () => (bytes) => valid(bytes.replace(/[a-z]+/g, (letters) => letters.toUpperCase())),
  byteForm: () => ({ operation: 'upper' }),
  describe: {
    summary: 'Upper case',
    does: 'Upper case. Full Unicode, whatever the locale. In a field that is not UTF-8 only ASCII letters change',
  },
});
