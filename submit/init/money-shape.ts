import type { ValuePattern } from '../profile/column-profile.js';
import type { InferredRule } from './inferred-rule.js';

/** How amounts are written in a locale: the decimal sign, and what stands between groups of three digits. */
interface Writing {
  /** Null: without groups, and with a point, as without a locale. */
  readonly locale: string | null;
  readonly decimal: string;
  readonly group: string;
}

/** The writings that are told apart, the plainest first. */
const WRITINGS: readonly Writing[] = [
  { locale: null, decimal: '\\.', group: '' },
  { locale: 'en', decimal: '\\.', group: ',' },
  { locale: 'de', decimal: ',', group: '\\.' },
  { locale: 'fr', decimal: ',', group: '[ ␣]' },
  { locale: 'de-CH', decimal: '\\.', group: "['’]" },
];

const SIGN = '[-+−]?';
const CURRENCY = '(?:[$¤]|A(?=[ ␣]))?';

/** Amounts of a writing, as patterns have them: digits are 9. */
function amountOf({ decimal, group }: Writing): RegExp {
  const whole = group === '' ? '9+' : `(?:9{1,3}(?:${group}999)+|9+)`;
  const number = `(?<whole>${whole})(?:${decimal}(?<fraction>9*))?|${decimal}(?<only>9+)`;
  return new RegExp(
    `^ ?(?<open>\\()?${SIGN}(?<sign>${CURRENCY})[ ␣]?${SIGN}(?:${number})[ ␣]?(?<after>[$¤]|A)?(?<minus>[-−])?(?<close>\\))? ?$`,
    'u',
  );
}

const AMOUNTS = WRITINGS.map((writing) => ({ writing, amount: amountOf(writing) }));

/** The pattern of a plain number as one of digits: those have no count of digits before the point. */
function shapeOf({ pattern, number }: ValuePattern): string {
  if (number === undefined) return pattern;
  return `9${number.places === 0 ? '' : `.${'9'.repeat(number.places)}`}`;
}

/**
 * The rules that read amounts with groups, signs of currency, a decimal comma or a minus at the end; none for other values.
 * Two where the values do not tell whether the comma or the point is the decimal sign.
 */
export function moneyRules(patterns: readonly ValuePattern[]): readonly InferredRule[] {
  if (patterns.length === 0 || patterns.every(({ number }) => number !== undefined)) return [];
  const shapes = patterns.map(shapeOf);
  if (!shapes.every((shape) => /9/.test(shape))) return [];
  const rules = new Map<string, InferredRule>();
  for (const { writing, amount } of AMOUNTS) {
    const found = shapes.map((shape) => amount.exec(shape)?.groups);
    if (found.some((groups) => groups === undefined)) continue;
    const places = Math.max(...found.map((groups) => (groups?.fraction ?? groups?.only ?? '').length));
    const isCurrency = found.some((groups) =>
      [groups?.open, groups?.sign, groups?.after, groups?.minus].some(
        (part) => part !== undefined && part !== '',
      ),
    );
    // Numbers in groups that are nothing else may be versions or article numbers.
    if (!isCurrency && places === 0 && writing.locale !== 'en') continue;
    if (rules.has(writing.decimal)) continue;
    rules.set(writing.decimal, {
      rule: 'round',
      options: {
        places,
        ...(writing.locale === null ? {} : { locale: writing.locale }),
        ...(isCurrency ? { currency: true } : {}),
      },
    });
    // Where no groups are needed, a locale adds nothing.
    if (writing.locale === null) break;
  }
  return [...rules.values()];
}
