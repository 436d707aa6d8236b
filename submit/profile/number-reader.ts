/** Reads plain numbers, as the rule `round` accepts them without further options: sign, digits, a point, an exponent. */
export class NumberReader {
  isNumber = false;
  /** Digits after the point. */
  places = 0;
  isNegative = false;
  /** Zeros that a number does not need: `007`, `00.5`. */
  hasLeadingZeros = false;
  hasExponent = false;
  /** Whether the last digit after a point is a zero. */
  hasTrailingZero = false;
  /** As a double. */
  value = 0;

  /** Reads the bytes from `start` to `end`, of which there is at least one. */
  read(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    const sign = bytes[at];
    this.isNumber = false;
    this.isNegative = sign === 0x2d;
    if (sign === 0x2d || sign === 0x2b) at++;
    const firstDigit = at;
    let digits = 0;
    let point = -1;
    let value = 0;
    for (; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte >= 0x30 && byte <= 0x39) {
        value = value * 10 + (byte - 0x30);
        digits++;
      } else if (byte === 0x2e && point === -1) point = at;
      else break;
    }
    if (digits === 0) return;
    this.places = point === -1 ? 0 : at - point - 1;
    this.hasTrailingZero = this.places > 0 && bytes[at - 1] === 0x30;
    this.hasLeadingZeros =
      bytes[firstDigit] === 0x30 && isDigit(firstDigit + 1 < end ? (bytes[firstDigit + 1] as number) : 0);
    this.hasExponent = at < end && digits > 0 && isExponent(bytes, at, end);
    if (at < end && !this.hasExponent) return;
    this.isNumber = true;
    if (this.hasExponent || digits > 15) {
      this.value = Number(
        Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1'),
      );
      return;
    }
    if (this.places > 0) value /= 10 ** this.places;
    this.value = this.isNegative ? -value : value;
  }
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isExponent(bytes: Uint8Array, start: number, end: number): boolean {
  if (((bytes[start] as number) | 0x20) !== 0x65) return false;
  let at = start + 1;
  if (at < end && (bytes[at] === 0x2d || bytes[at] === 0x2b)) at++;
  if (at === end) return false;
  while (at < end && isDigit(bytes[at] as number)) at++;
  return at === end;
}
