import { byteStringOfText } from './byte-string.js';
import type { Dialect } from './dialect.js';

/** Whether a line may be a header by its first bytes; the reference then compares it with the names. */
export type MayStartHeader = (lines: Buffer, start: number) => boolean;

const SPACE = 0x20;
const LAST_ASCII = 0x7f;

/**
 * Looks at the first letter, in any case and behind quotes, spaces and a byte order mark: a header of one of these lists
 * of names has that of its first name.
 */
export function headerStartOf(
  headers: readonly (readonly string[])[],
  { quote, delimiter }: Dialect,
): MayStartHeader {
  const first = headers.map(([name = '']) => lower(byteStringOfText(name.trim()).charCodeAt(0)));
  // A first name that is empty, or starts with another sign than a letter or digit, may be written in many ways.
  const isAny = first.some((byte) => !/[a-z0-9]/.test(String.fromCharCode(byte)));
  const letters = new Set(first);
  const marks = new Set([quote ?? '"', '"', '\\'].map((mark) => mark.charCodeAt(0)));
  marks.delete(delimiter.charCodeAt(0));
  return (lines, start) => {
    let at = start;
    while (lines[at] === SPACE || lines[at] === 0x09 || marks.has(lines[at] ?? 0)) at++;
    const byte = lines[at] ?? 0;
    return isAny || byte > LAST_ASCII || letters.has(lower(byte));
  };
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}
