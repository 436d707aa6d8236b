import { defineRule } from './define-rule.js';
import { valid } from './rule.js';

/** Writes a text in place of null and of an empty field. */
export const defaultRule = defineRule({
  name: 'default',
  options: {
    text: {
      kind: 'text',
      form: 'the text to write; a number or a word like null in quotes',
      describe: 'The text for null and empty fields',
    },
  },
  main: 'text',
  accepts: 'every field',
  apply:
    ({ text }) =>
    (given) =>
      valid(given === '' ? text : given),
  applyToBytes: () => (bytes) => valid(bytes),
  onNull: ({ text }) => valid(text),
  describe: {
    summary: 'A text for null and empty fields',
    does: 'Writes a text in place of null and of an empty field',
    inPlan: ({ text }) => `default ${JSON.stringify(text)}`,
  },
});
