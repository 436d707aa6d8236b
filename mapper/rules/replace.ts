import { defineRule } from './define-rule.js';
import type { TextMap } from './options.js';
import { flawOfPattern, flawOfTemplate, isPattern, patternOf } from './pattern.js';
import { valid } from './rule.js';

/**
 * Replaces whole values, or what a pattern finds. A whole value is looked for first; then the first pattern that is found
 * counts, everywhere it is found.
 */
export const replaceRule = defineRule({
  name: 'replace',
  options: {
    by: {
      kind: 'text map',
      form: 'a mapping of texts, { "n/a": "", "/^OK.*/": OK }; numbers and words like null and yes in quotes',
      check: (key, text) => (isPattern(key) ? (flawOfPattern(key) ?? flawOfTemplate(key, text)) : null),
      describe: 'Whole values, or /patterns/, and the text in their place',
    },
  },
  main: 'by',
  accepts: 'every field',
  apply: ({ by }) => {
    const { values, patterns } = readReplacements(by);
    const found = patterns.map(([pattern, template]) => [patternOf(pattern), template] as const);
    return (text) => {
      const value = values.get(text);
      if (value !== undefined) return valid(value);
      for (const [pattern, template] of found) {
        const replaced = pattern.replaceIn(text, template);
        if (replaced !== null) return valid(replaced);
      }
      return valid(text);
    };
  },
  applyToBytes: () => (bytes) => valid(bytes),
  describe: {
    summary: 'Whole values, or what a /pattern/ finds, are replaced',
    does: 'Replaces whole values, `"n/a": ""`, or what a pattern finds, `"/^OK.*/": OK`, with `$1` for a group. A whole value comes first, then the first pattern that is found. Patterns have the syntax of RE2 and are found anywhere: `^` and `$` tie them to the ends; `i` behind the slash ignores case',
    inPlan: ({ by }) =>
      `replace ${Object.entries(by)
        .map(([key, text]) => `${JSON.stringify(key)} by ${JSON.stringify(text)}`)
        .join(', ')}`,
  },
});

function readReplacements(by: TextMap) {
  const entries = Object.entries(by);
  return {
    values: new Map(entries.filter(([key]) => !isPattern(key))),
    patterns: entries.filter(([key]) => isPattern(key)),
  };
}
