import { defineRule } from './define-rule.js';
import { flawOfPattern, patternOf } from './pattern.js';
import { invalid, valid } from './rule.js';

/** Accepts texts in which a pattern is found. */
export const matchesRule = defineRule({
  name: 'matches',
  options: {
    pattern: {
      kind: 'text',
      form: 'a pattern such as /^[A-Z]{2}$/',
      check: flawOfPattern,
      describe: 'A pattern, with slashes or without, that must be found in the text: /^[A-Z]{2}$/',
    },
  },
  main: 'pattern',
  onlyJudges: true,
  accepts: 'some texts',
  apply: ({ pattern }) => {
    const compiled = patternOf(pattern);
    const refused = invalid(`does not match ${pattern}`);
    return (text) => (compiled.isIn(text) ? valid(text) : refused);
  },
  describe: {
    summary: 'A pattern is found in the text',
    does: 'Changes nothing. The pattern has the syntax of RE2 and may be found anywhere in the text: `^` and `$` tie it to the ends',
    invalid: 'texts in which the pattern is not found',
    inPlan: ({ pattern }) => `matches ${pattern}`,
  },
});
