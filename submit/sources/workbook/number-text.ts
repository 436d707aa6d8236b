/** Digits that a workbook's numbers have. Behind them there is only the noise of binary fractions. */
const DIGITS = 15;
const INTEGER = /^-?\d+$/;

/**
 * The decimal text of a number, as Excel shows it: rounded to 15 digits, without exponent, zeros at the end or a sign of zero.
 * Integers keep all their digits. Null if the text is no number. `0.30000000000000004` → `0.3`.
 */
export function decimalText(text: string): string | null {
  if (INTEGER.test(text)) return BigInt(text).toString();
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value) || /^\s*[+-]?0[xob]/i.test(text)) return null;
  if (value === 0) return '0';
  const [, sign = '', first = '', rest = '', exponent = ''] =
    /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(value.toExponential(DIGITS - 1)) ?? [];
  const digits = `${first}${rest}`.replace(/0+$/, '');
  const whole = Number(exponent) + 1;
  if (whole <= 0) return `${sign}0.${'0'.repeat(-whole)}${digits}`;
  if (digits.length <= whole) return sign + digits.padEnd(whole, '0');
  return `${sign}${digits.slice(0, whole)}.${digits.slice(whole)}`;
}

const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;

/** Whether the bytes are a number in the form of `decimalText` already, as most are. */
export function isDecimalText(bytes: Uint8Array, from: number, to: number): boolean {
  const start = bytes[from] === MINUS ? from + 1 : from;
  let point = -1;
  let digits = 0;
  for (let at = start; at < to; at++) {
    const byte = bytes[at] as number;
    if (byte === POINT) {
      if (point >= 0) return false;
      point = at;
    } else if (byte < ZERO || byte > NINE) return false;
    else if (digits > 0 || byte !== ZERO) digits++;
  }
  const wholeEnd = point < 0 ? to : point;
  if (wholeEnd === start || (bytes[start] === ZERO && wholeEnd > start + 1)) return false;
  if (point < 0) return digits > 0 || start === from;
  return digits > 0 && digits <= DIGITS && bytes[to - 1] !== ZERO && point < to - 1;
}
