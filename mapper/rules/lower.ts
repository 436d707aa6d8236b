import { defineRule } from './define-rule.js';
import { valid } from './rule.js';

/** Lower case by the Unicode mapping, whatever the locale. */
export const lowerRule = defineRule({
  name: 'lower',
  options: {},
  accepts: 'every field',
  apply: () => (text) => valid(text.toLowerCase()),
  applyToBytes: () => (bytes) => valid(bytes.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())),
  byteForm: () => ({ operation: 'lower' }),
  describe: {
    summary: 'Lower case',
    does: 'Lower case. Full Unicode, whatever the locale. In a field that is not UTF-8 only ASCII letters change',
  },
});
