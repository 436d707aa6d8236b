import { defineRule } from './define-rule.js';
import { invalid, valid } from './rule.js';

/** Refuses null and empty fields. */
export const requiredRule = defineRule({
  name: 'required',
  options: {},
  onlyJudges: true,
  accepts: 'some texts',
  apply: () => (text) => (text === '' ? invalid('empty') : valid(text)),
  onNull: () => invalid('null'),
  describe: {
    summary: 'The field must not be null or empty',
    does: 'Changes nothing',
    invalid: 'null, empty fields',
  },
});
