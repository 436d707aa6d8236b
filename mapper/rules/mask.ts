import { defineRule } from './define-rule.js';
import { valid } from './rule.js';

/** Far more than anybody wants to leave readable. */
const MOST_KEPT = 100;

/** Writes a star in place of each character but the last ones. A text that is not longer than these is hidden wholly. */
export const maskRule = defineRule({
  name: 'mask',
  options: {
    keepLast: {
      kind: 'integer',
      min: 0,
      max: MOST_KEPT,
      default: 0,
      describe: 'How many characters at the end stay readable; none by default',
    },
  },
  hides: true,
  accepts: 'every field',
  apply:
    ({ keepLast }) =>
    (text) => {
      const chars = [...text];
      const kept = chars.length > keepLast ? keepLast : 0;
      return valid('*'.repeat(chars.length - kept) + chars.slice(chars.length - kept).join(''));
    },
  applyToBytes:
    ({ keepLast }) =>
    (bytes) => {
      const kept = bytes.length > keepLast ? keepLast : 0;
      return valid('*'.repeat(bytes.length - kept) + bytes.slice(bytes.length - kept));
    },
  describe: {
    summary: 'Hides all but the last characters',
    does: 'Writes `*` in place of each character but the last `keepLast`; hides a text wholly that is not longer than these',
    inPlan: ({ keepLast }) => (keepLast === 0 ? 'mask' : `mask all but the last ${keepLast}`),
  },
});
