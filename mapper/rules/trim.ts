import { type FieldRule, valid } from './rule.js';

/** Takes the white space off both ends: all that Unicode calls so, or in bytes that are no UTF-8 ASCII's. */
export const trimRule: FieldRule = {
  byteForm: { operation: 'trim' },
  apply: (text) => valid(text.trim()),
  applyToBytes: (bytes) => {
    let start = 0;
    let end = bytes.length;
    while (start < end && isAsciiSpace(bytes.charCodeAt(start))) start++;
    while (end > start && isAsciiSpace(bytes.charCodeAt(end - 1))) end--;
    return valid(bytes.slice(start, end));
  },
};

function isAsciiSpace(char: number): boolean {
  return char === 0x20 || (char >= 0x09 && char <= 0x0d);
}
