import { defineRule } from './define-rule.js';
import { invalid, valid } from './rule.js';

/** Accepts the listed texts only. An empty text in the list accepts null too. */
export const oneOfRule = defineRule({
  name: 'oneOf',
  options: {
    values: {
      kind: 'texts',
      form: 'a list of texts; numbers and words like null and yes in quotes',
      describe: 'The accepted texts',
    },
  },
  main: 'values',
  onlyJudges: true,
  accepts: 'some texts',
  apply: ({ values }) => {
    const accepted = new Set(values);
    const refused = invalid(`not one of ${listOf(values)}`);
    return (text) => (accepted.has(text) ? valid(text) : refused);
  },
  onNull: ({ values }) => (values.includes('') ? valid('') : invalid(`null is not one of ${listOf(values)}`)),
  describe: {
    summary: 'One of these texts',
    does: 'Changes nothing',
    invalid: 'every other text, and null',
    inPlan: ({ values }) => `one of ${listOf(values)}`,
  },
});

/** A reason must stay short. */
const MOST_LISTED = 10;

function listOf(values: readonly string[]): string {
  const listed = values.slice(0, MOST_LISTED).map((value) => (value === '' ? '""' : value));
  const left = values.length - listed.length;
  return left > 0 ? `${listed.join(', ')} and ${left} more` : listed.join(', ');
}
