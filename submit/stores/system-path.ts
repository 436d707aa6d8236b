/**
 * Names of files that are not UTF-8, in text. Each byte that is not part of valid UTF-8 becomes a lone surrogate,
 * U+DC80 to U+DCFF, as in Python's `surrogateescape`: no text in UTF-8 has one, so nothing is lost or mixed up.
 */

const FIRST_ESCAPE = 0xdc00;
const ESCAPED = /[\udc80-\udcff]/;
/** A high surrogate with its low one, or a lone low one that stands for a byte. */
const PIECES = /[\ud800-\udbff][\udc00-\udfff]|[\udc80-\udcff]/g;

/** The bytes of a name → text. */
export function textOfName(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const text = buffer.toString('utf8');
  if (Buffer.from(text, 'utf8').equals(buffer)) return text;
  let escaped = '';
  for (let at = 0; at < buffer.length; ) {
    const length = lengthOfCharacter(buffer, at);
    escaped +=
      length === 0
        ? String.fromCharCode(FIRST_ESCAPE + (buffer[at] as number))
        : buffer.toString('utf8', at, at + length);
    at += Math.max(1, length);
  }
  return escaped;
}

/** The path for a system call: its bytes, where names in it are not UTF-8. */
export function systemPath(path: string): string | Buffer {
  return ESCAPED.test(path) ? bytesOfName(path) : path;
}

/** Text of `textOfName` → the bytes. */
export function bytesOfName(text: string): Buffer {
  const pieces: Buffer[] = [];
  let from = 0;
  for (const { 0: piece, index } of text.matchAll(PIECES)) {
    if (piece.length === 2) continue;
    pieces.push(Buffer.from(text.slice(from, index)), Buffer.from([piece.charCodeAt(0) - FIRST_ESCAPE]));
    from = index + 1;
  }
  return Buffer.concat([...pieces, Buffer.from(text.slice(from))]);
}

/** Bytes of the UTF-8 character at a place; 0 if there is none. */
function lengthOfCharacter(bytes: Buffer, at: number): number {
  const first = bytes[at] as number;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  const piece = bytes.subarray(at, at + length);
  // Overlong forms and surrogates are no characters: they do not survive a round trip.
  return Buffer.from(piece.toString('utf8'), 'utf8').equals(piece) ? length : 0;
}
