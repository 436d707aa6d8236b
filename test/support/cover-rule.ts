import { defineRule } from '../../mapper/rules/define-rule.js';
import { invalid, valid } from '../../mapper/rules/rule.js';

/** A rule only for tests: hides all but the last characters. It has options of every kind but one. */
export const coverRule = defineRule({
  name: 'cover',
  options: {
    keepLast: { kind: 'integer', min: 0, max: 20, describe: 'Characters that stay readable' },
    by: {
      kind: 'choice',
      of: ['star', 'dash'],
      normalize: (text) => text.toLowerCase(),
      default: 'star',
      describe: 'What is written in place of a character; star by default',
    },
    except: {
      kind: 'texts',
      form: "a value such as 'none'",
      check: (text) =>
        text === '' ? { message: 'An empty value is never covered', accepted: 'text' } : null,
      default: ['none'],
      describe: 'Values that stay as they are',
    },
    strict: { kind: 'flag', default: false, describe: 'Whether a short value is invalid' },
  },
  accepts: 'some texts',
  apply: ({ keepLast, by, except, strict }) => {
    const sign = by === 'star' ? '*' : '-';
    return (text) => {
      if (except.includes(text)) return valid(text);
      if (strict && text.length <= keepLast) return invalid('too short to cover');
      const hidden = Math.max(0, text.length - keepLast);
      return valid(sign.repeat(hidden) + text.slice(hidden));
    };
  },
  describe: {
    summary: 'Hides all but the last characters',
    does: 'Hides all but the last `keepLast` characters',
    invalid: 'with `strict`, values too short to cover',
    inPlan: ({ keepLast, by }) => `cover all but ${keepLast} by ${by}`,
  },
});
