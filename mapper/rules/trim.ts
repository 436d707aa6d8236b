import { defineRule } from './define-rule.js';
import { valid } from './rule.js';

/** Removes white space at both ends: all Unicode white space, but only ASCII in a field that is not valid UTF-8. */
export const trimRule = defineRule({
  name: 'trim',
  options: {},
  accepts: 'every field',
  apply: () => (text) => valid(text.trim()),
  applyToBytes: () => (bytes) => {
    let start = 0;
    let end = bytes.length;
    while (start < end && isAsciiSpace(bytes.charCodeAt(start))) start++;
    while (end > start && isAsciiSpace(bytes.charCodeAt(end - 1))) end--;
    return valid(bytes.slice(start, end));
  },
  byteForm: () => ({ operation: 'trim' }),
  describe: {
    summary: 'White space around the text is removed',
    does: 'Removes white space around the text',
  },
});

function isAsciiSpace(char: number): boolean {
  return char === 0x20 || (char >= 0x09 && char <= 0x0d);
}
