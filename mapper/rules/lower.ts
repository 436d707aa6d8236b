import { type FieldRule, valid } from './rule.js';

/** Lower case by Unicode's own mapping, whatever the locale. */
export const lowerRule: FieldRule = {
  byteForm: { operation: 'lower' },
  apply: (text) => valid(text.toLowerCase()),
  applyToBytes: (bytes) => valid(bytes.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())),
};
