import type { ValuePattern } from '../profile/column-profile.js';
import type { InferredRule } from './inferred-rule.js';

/** The sign before the digits of a fraction. */
export type DecimalSign = '.' | ',';

/** How amounts are written in a locale: the decimal sign, and what stands between groups of three digits. */
interface Writing {
  /** Null: without groups, and with a point, as without a locale. */
  readonly locale: string | null;
  readonly decimal: DecimalSign;
  readonly group: string;
}

/** The writings that are told apart, the plainest first. */
const WRITINGS: readonly Writing[] = [
  { locale: null, decimal: '.', group: '' },
  { locale: 'en', decimal: '.', group: ',' },
  { locale: 'de', decimal: ',', group: '\\.' },
  { locale: 'fr', decimal: ',', group: '[ ␣]' },
  { locale: 'de-CH', decimal: '.', group: "['’]" },
];

const SIGN = '[-+−]?';
const CURRENCY = '(?:[$¤]|A(?=[ ␣]))?';

/** Amounts of a writing, as patterns have them: digits are 9. */
function amountOf({ decimal, group }: Writing): RegExp {
  const whole = group === '' ? '9+' : `(?<grouped>9{1,3}(?:${group}999)+)|9+`;
  const number = `(?<whole>${whole})(?:[${decimal}](?<fraction>9*))?|[${decimal}](?<only>9+)`;
  return new RegExp(
    `^[ ␣]*(?<open>\\()?${SIGN}(?<sign>${CURRENCY})[ ␣]?${SIGN}(?:${number})[ ␣]*(?<after>[$¤]|A)?(?<minus>[-−])?(?<close>\\))?[ ␣]*$`,
    'u',
  );
}

const AMOUNTS = WRITINGS.map((writing) => ({ writing, amount: amountOf(writing) }));

/** A pattern as this file compares it. */
interface Shape {
  readonly text: string;
  /** Whether a value begins with a zero, as no number with groups does. */
  readonly hasLeadingZero: boolean;
  /** Whether it has zeros that no number needs: 007. Those are codes. */
  readonly isPadded: boolean;
}

/** Plain numbers have no count of digits before the point: it comes from the greatest one. */
function shapeOf({ pattern, number, groups }: ValuePattern): Shape {
  if (number === undefined) {
    const digits = /9+/.exec(pattern)?.[0].length ?? 1;
    const hasLeadingZero = (groups?.[0]?.least ?? 0) < (digits > 1 ? 10 ** (digits - 1) : 1);
    const isPadded = digits > 1 && hasLeadingZero && !/^[^9]*[.,]9/.test(pattern);
    return { text: pattern, hasLeadingZero, isPadded };
  }
  const { places, least, greatest, hasLeadingZeros } = number;
  const far = Math.max(Math.abs(least), Math.abs(greatest));
  const near = least < 0 && greatest > 0 ? 0 : Math.min(Math.abs(least), Math.abs(greatest));
  const whole = '9'.repeat(String(Math.trunc(far)).length);
  return {
    text: `${whole}${places === 0 ? '' : `.${'9'.repeat(places)}`}`,
    hasLeadingZero: near < 1,
    isPadded: hasLeadingZeros,
  };
}

/** Whether the values of a pattern are amounts in some writing: a number and no other text but signs of money. */
export function isAmount({ number, pattern, example }: ValuePattern): boolean {
  if (number !== undefined) return true;
  const mayHaveCode = !pattern.includes('A') || /(?<!\p{L})\p{Lu}{3}(?!\p{L})/u.test(example);
  return mayHaveCode && AMOUNTS.some(({ amount }) => amount.test(pattern));
}

/** Whether the values of a pattern end with a percent sign behind a digit. */
export function isPercentage({ pattern }: ValuePattern): boolean {
  return /^[^%]*9[ ␣]?%[ ␣]*$/.test(pattern);
}

/**
 * The rules that read amounts with groups, signs of currency, a decimal comma or a minus at the end; none for other values.
 * Two where the values do not tell whether the comma or the point is the decimal sign. `decimal`: the sign in other columns
 * of the file, if they tell it.
 */
export function moneyRules(
  patterns: readonly ValuePattern[],
  decimal: DecimalSign | null = null,
): readonly InferredRule[] {
  if (!patterns.every(isAmount) || patterns.every(({ number }) => number !== undefined)) return [];
  const rules = amountRules(patterns.map(shapeOf), decimal, false);
  if (rules.size < 2) return [...rules.values()].slice(0, 1);
  // $1,234 is English: where the comma is the decimal sign, the currency stands behind, or apart.
  const areDollars = patterns.every(({ pattern }) => /^[ ␣]*\(?[-+−]?\$9/.test(pattern));
  const sign =
    decimal ?? (areDollars && patterns.every(({ pattern }) => !pattern.includes('.')) ? '.' : null);
  const known = sign === null ? undefined : rules.get(sign);
  return known === undefined ? [...rules.values()] : [known];
}

/** The rules that read percentages: as a share of 1, or as a number of hundredths. None for other values. */
export function percentRules(
  patterns: readonly ValuePattern[],
  decimal: DecimalSign | null = null,
): readonly InferredRule[] {
  if (!patterns.every(isPercentage)) return [];
  const shapes = patterns.map(shapeOf).map((shape) => ({ ...shape, text: shape.text.replace('%', '') }));
  return [...amountRules(shapes, decimal, true).values()].flatMap(({ rule, options }) => [
    { rule, options: { ...options, places: Number(options.places) + 2, percent: 'divide' } },
    { rule, options: { ...options, percent: 'drop' } },
  ]);
}

/** The plainest rule for each decimal sign with which all shapes are amounts. `takesIntegers`: those of digits alone too. */
function amountRules(
  shapes: readonly Shape[],
  decimal: DecimalSign | null,
  takesIntegers: boolean,
): ReadonlyMap<DecimalSign, InferredRule> {
  const rules = new Map<DecimalSign, InferredRule>();
  if (shapes.some(({ isPadded }) => isPadded)) return rules;
  for (const { writing, amount } of AMOUNTS) {
    const found = shapes.map(({ text, hasLeadingZero }) => {
      const groups = amount.exec(text)?.groups;
      return groups?.grouped !== undefined && hasLeadingZero ? undefined : groups;
    });
    if (rules.has(writing.decimal) || found.some((groups) => groups === undefined)) continue;
    const grouped = found.map((groups) => groups?.grouped?.length ?? 0);
    const places = Math.max(...found.map((groups) => (groups?.fraction ?? groups?.only ?? '').length));
    const isCurrency = found.some((groups) =>
      [groups?.open, groups?.sign, groups?.after, groups?.minus].some(
        (part) => part !== undefined && part !== '',
      ),
    );
    const hasGroups = grouped.some((length) => length > 0);
    // What the plain writing reads, another one reads otherwise only by groups.
    if (rules.size > 0 && rules.get('.')?.options.locale === undefined && !hasGroups) continue;
    // Numbers in groups that are nothing else may be versions or article numbers, which have all the same length.
    const areNumbers = decimal === writing.decimal && new Set(grouped).size > 1;
    const isPlain = takesIntegers && !hasGroups;
    if (!isCurrency && places === 0 && !isPlain && writing.locale !== 'en' && !areNumbers) continue;
    rules.set(writing.decimal, {
      rule: 'round',
      options: {
        places,
        ...(writing.locale === null ? {} : { locale: writing.locale }),
        ...(isCurrency ? { currency: true } : {}),
      },
    });
  }
  return rules;
}
