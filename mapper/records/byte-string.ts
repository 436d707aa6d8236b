/**
 * Inside the mapper a field is a byte string: one char (U+0000 to U+00FF) per byte. A field without a rule therefore
 * keeps its bytes, whatever its encoding. This file converts between byte strings and text.
 */

export const LF = 0x0a;
export const CR = 0x0d;
export const QUOTE = 0x22;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Whether every char is below U+0080. Byte string and text are then the same. */
function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0x7f) return false;
  }
  return true;
}

/** The bytes decoded as UTF-8, or null if they are not valid UTF-8. */
export function textOfByteString(bytes: string): string | null {
  if (isAscii(bytes)) return bytes;
  try {
    return utf8.decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return null;
  }
}

/** The UTF-8 bytes of the text, as a byte string; a lone surrogate becomes U+FFFD. */
export function byteStringOfText(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/** The text for messages: the bytes decoded as UTF-8 if they are valid, otherwise as Latin-1. */
export function readableText(bytes: string): string {
  return textOfByteString(bytes) ?? bytes;
}

/** The bytes between `start` and `end` as a byte string. */
export function byteStringOf(bytes: Uint8Array, start = 0, end = bytes.length): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}
