import { type FieldRule, valid } from './rule.js';

/** Upper case by Unicode's own mapping, whatever the locale: `ß` becomes `SS`. */
export const upperRule: FieldRule = {
  byteForm: { operation: 'upper' },
  apply: (text) => valid(text.toUpperCase()),
  applyToBytes: (bytes) => valid(bytes.replace(/[a-z]+/g, (letters) => letters.toUpperCase())),
};
