import { isUtf8 } from 'node:buffer';

/** The encoding of the bytes at the start of a file, a WHATWG label; null for ASCII and UTF-8. */
export function encodingOf(head: Uint8Array, isWhole: boolean): string | null {
  const [one, two] = head;
  if (one === 0xff && two === 0xfe) return 'utf-16le';
  if (one === 0xfe && two === 0xff) return 'utf-16be';
  if (isUtf8(head)) return null;
  // The last character may be cut.
  for (let cut = 1; cut < 4 && !isWhole && (head.at(-cut) ?? 0) >= 0x80; cut++) {
    if (isUtf8(head.subarray(0, head.length - cut))) return null;
  }
  return singleByteEncodingOf(head);
}

/** Characters that are looked at. */
const MAX_CHARACTERS = 10_000;
/** So much better than Windows-1252 another one has to be: signs such as ³ and ¹ stand beside letters in it too. */
const MARGIN = 3;
const FACTOR = 4;

/** A guess at which letters the upper half of the bytes are: of Western, Central European or Cyrillic text. */
function singleByteEncodingOf(head: Uint8Array): string {
  if (isCyrillic(head)) return 'windows-1251';
  const western = oddities(new TextDecoder('windows-1252').decode(head));
  const central = oddities(new TextDecoder('windows-1250').decode(head));
  return western >= central + MARGIN && western >= central * FACTOR ? 'windows-1250' : 'windows-1252';
}

/** Whole words of the upper half, as no text in Latin letters has them. */
function isCyrillic(head: Uint8Array): boolean {
  let upper = 0;
  let inWords = 0;
  let letters = 0;
  for (let at = 0; at < head.length && upper < MAX_CHARACTERS; ) {
    const start = at;
    while (at < head.length && (head[at] as number) >= 0x80) {
      const byte = head[at++] as number;
      if (byte >= 0xc0 || byte === 0xa8 || byte === 0xb8) letters++;
    }
    upper += at - start;
    if (at - start >= 3) inWords += at - start;
    if (at === start) at++;
  }
  return upper > 0 && inWords >= upper * 0.6 && letters >= upper * 0.9;
}

/** How often text beyond ASCII makes words that nobody writes: `Tytu³`, `£ódŸ`, `WROC£AW`. */
function oddities(text: string): number {
  let found = 0;
  let seen = 0;
  for (const { index } of text.matchAll(/[^\0-\x7f]/gu)) {
    if (++seen > MAX_CHARACTERS) break;
    const [before = '', char = '', after = ''] = [text[index - 1], text[index], text[index + 1]];
    const isBeside = /\p{L}/u.test(before) || /\p{L}/u.test(after);
    if (/\p{L}/u.test(char)) {
      if (/\p{Lu}/u.test(char) && /\p{Ll}/u.test(before)) found++;
    } else if (isBeside && /[^\p{P}\p{Z}]/u.test(char)) found++;
  }
  return found;
}
