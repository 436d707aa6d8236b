import type { Expression } from './compute-expression.js';
import { type PlainDecimal, plainDecimal } from './plain-decimal.js';
import { invalid, type RuleResult, valid } from './rule.js';

/**
 * Column → the text that it has in a record, what messages call it, how its numbers are read, and whether a rule found it
 * invalid.
 */
export type ReadOperand = (column: string | number) => {
  readonly text: string | null;
  readonly label: string;
  numberOf(text: string): PlainDecimal | null;
  readonly isInvalid?: boolean;
};

/**
 * An exact value: `numerator` / `denominator`, the latter above 0. `scale`: how many digits it has after the point by its
 * operands, as in Java's BigDecimal, unless it needs more.
 */
interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
  readonly scale: number;
}

class Refused extends Error {}

/**
 * Computes an expression exactly. `places`: digits that a rounding needs, so that a quotient whose digits never end may be
 * given by some of them; null: such a quotient is invalid. Compiled when first called
 * (bin/later-modules.mjs).
 */
export function compute(expression: Expression, read: ReadOperand, places: number | null): RuleResult {
  try {
    return valid(formatFraction(fractionIn(expression, read), places));
  } catch (error) {
    if (error instanceof Refused) return invalid(error.message);
    throw error;
  }
}

function fractionIn(expression: Expression, read: ReadOperand): Fraction {
  switch (expression.kind) {
    case 'number':
      return fractionOf(expression.text, expression.text, plainDecimal);
    case 'column': {
      const { text, label, numberOf, isInvalid = false } = read(expression.column);
      if (text === null) throw new Refused(`${label} is not valid UTF-8`);
      if (isInvalid) throw new Refused(`${label} is invalid, and kept as it was read`);
      return fractionOf(text, label, numberOf);
    }
    case 'negative': {
      const { numerator, ...rest } = fractionIn(expression.of, read);
      return { numerator: -numerator, ...rest };
    }
    case 'operation':
      return operate(
        expression.operator,
        fractionIn(expression.left, read),
        fractionIn(expression.right, read),
      );
  }
}

function fractionOf(text: string, label: string, numberOf: (text: string) => PlainDecimal | null): Fraction {
  if (text === '') throw new Refused(`${label} is empty`);
  const number = numberOf(text);
  if (number === null) throw new Refused(`${label} is not a number`);
  return { numerator: number.digits, denominator: 10n ** BigInt(number.scale), scale: number.scale };
}

/** More digits than anybody needs; products of products would fill the memory. */
const MOST_BITS = 400_000n;
const TOO_LARGE = 1n << MOST_BITS;

function operate(operator: '+' | '-' | '*' | '/', left: Fraction, right: Fraction): Fraction {
  const result = operated(operator, left, right);
  const { numerator, denominator } = result;
  if (numerator > TOO_LARGE || numerator < -TOO_LARGE || denominator > TOO_LARGE) {
    throw new Refused('the result has too many digits');
  }
  return result;
}

function operated(operator: '+' | '-' | '*' | '/', left: Fraction, right: Fraction): Fraction {
  const scale = Math.max(left.scale, right.scale);
  switch (operator) {
    case '+':
    case '-': {
      const other = right.numerator * left.denominator;
      return {
        numerator: left.numerator * right.denominator + (operator === '+' ? other : -other),
        denominator: left.denominator * right.denominator,
        scale,
      };
    }
    case '*':
      return {
        numerator: left.numerator * right.numerator,
        denominator: left.denominator * right.denominator,
        scale: left.scale + right.scale,
      };
    case '/': {
      if (right.numerator === 0n) throw new Refused('a division by zero');
      const sign = right.numerator < 0n ? -1n : 1n;
      return {
        numerator: left.numerator * right.denominator * sign,
        denominator: left.denominator * right.numerator * sign,
        scale: Math.max(0, left.scale - right.scale),
      };
    }
  }
}

function formatFraction(value: Fraction, places: number | null): string {
  const common = greatestDivisor(
    value.numerator < 0n ? -value.numerator : value.numerator,
    value.denominator,
  );
  const numerator = value.numerator / common;
  const denominator = value.denominator / common;
  const needed = placesOf(denominator);
  if (needed === null) {
    if (places === null) throw new Refused('the digits of the quotient never end; round it');
    return formatEndless(numerator, denominator, places + 1);
  }
  const scale = Math.max(needed, value.scale);
  return formatDecimal((numerator * 10n ** BigInt(scale)) / denominator, scale);
}

function greatestDivisor(one: bigint, other: bigint): bigint {
  let [left, right] = [one, other];
  while (right !== 0n) [left, right] = [right, left % right];
  return left;
}

/** How many digits 1 / `denominator` has after the point; null if they never end. */
function placesOf(denominator: bigint): number | null {
  let left = denominator;
  const powers = [2n, 5n].map((prime) => {
    let power = 0;
    for (; left % prime === 0n; left /= prime) power++;
    return power;
  });
  return left === 1n ? Math.max(...powers) : null;
}

/** So many digits, and a 1 for those that are left out: they are neither nothing nor a half of anything. */
function formatEndless(numerator: bigint, denominator: bigint, digits: number): string {
  const cut = (numerator * 10n ** BigInt(digits)) / denominator;
  return formatDecimal(cut * 10n + (numerator < 0n ? -1n : 1n), digits + 1);
}

function formatDecimal(digits: bigint, scale: number): string {
  const sign = digits < 0n ? '-' : '';
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0');
  return scale === 0 ? `${sign}${text}` : `${sign}${text.slice(0, -scale)}.${text.slice(-scale)}`;
}
