/** A number as `between`, `compute` and `type` read it: sign, digits, fraction, exponent. Compared and computed exactly. */
export interface PlainDecimal {
  /** The value is `digits` × 10^−`scale`. */
  readonly digits: bigint;
  readonly scale: number;
}

// Each digit matches in only one way, so that a long field cannot cause slow backtracking.
const NUMBER = /^[ \t]*([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d{1,6}))?[ \t]*$/;

/** Larger exponents are no numbers, as with `round`: their digits would fill the memory. */
const MAX_EXPONENT = 9999;

/** Longer texts are no numbers: to read all their digits would take too long. */
export const MAX_CHARS = 20_000;

/** The number that a text is, without spaces around it; null if it is none. */
export function plainDecimal(text: string): PlainDecimal | null {
  const match = text.length > MAX_CHARS ? null : NUMBER.exec(text);
  if (match === null) return null;
  const [, sign = '', whole = '', behindWhole, alone] = match;
  const exponent = Number(match[5] ?? 0);
  if (Math.abs(exponent) > MAX_EXPONENT) return null;
  const fraction = behindWhole ?? alone ?? '';
  const digits = BigInt(`${whole}${fraction}`);
  const signed = sign === '-' ? -digits : digits;
  const scale = fraction.length - exponent;
  return scale < 0 ? { digits: signed * 10n ** BigInt(-scale), scale: 0 } : { digits: signed, scale };
}

/** Below 0, 0 or above 0, as the first number is less than, equal to or greater than the second. */
export function compareDecimals(one: PlainDecimal, other: PlainDecimal): number {
  const scale = Math.max(one.scale, other.scale);
  const [left, right] = [one, other].map((number) => number.digits * 10n ** BigInt(scale - number.scale)) as [
    bigint,
    bigint,
  ];
  return left < right ? -1 : left > right ? 1 : 0;
}
