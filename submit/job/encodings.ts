import type { EncodingPlan } from '../../mapper/contract.js';

/** Encodings of the WHATWG's standard in which bytes below 0x80 can be other things than ASCII. */
const WITHOUT_ASCII = /^(iso-2022-|replacement$|x-user-defined$)/;
/** Encodings of one byte a character. */
const SINGLE_BYTE = /^(ibm866|iso-8859-.*|koi8-.|macintosh|windows-.*|x-mac-cyrillic)$/;

/** windows-1252 from 0x80 to 0x9f. Some versions of Node decode these bytes as control characters. */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** The encoding of a label; null if there is none, or if it does not keep ASCII. UTF-16 is one although it does not. */
export function encodingOf(label: string): EncodingPlan | null {
  const name = nameOf(label);
  if (name === null || WITHOUT_ASCII.test(name)) return null;
  return SINGLE_BYTE.test(name) ? { label: name, upperHalf: upperHalfOf(name) } : { label: name };
}

/** Labels are case-insensitive, with spaces around. */
function nameOf(label: string): string | null {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return null;
  }
}

function upperHalfOf(name: string): string {
  if (name === 'windows-1252') {
    return WINDOWS_1252 + String.fromCharCode(...Array.from({ length: 96 }, (_, index) => 0xa0 + index));
  }
  const decoder = new TextDecoder(name);
  return Array.from({ length: 128 }, (_, index) => decoder.decode(Uint8Array.of(0x80 + index))).join('');
}
