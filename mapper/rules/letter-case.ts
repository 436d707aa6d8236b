/**
 * Upper and lower case by Unicode 15.1, whatever Node knows. Letters that got another case later stay as they are: Node 24 maps
 * them and Node 18 does not, but a bundle gives the same bytes on both.
 */

/** Letters of Unicode 16 and 17, and the two older ones that got an upper case there. */
const LATER =
  /[\u019b\u0264\u1c89\u1c8a\ua7cb-\ua7cf\ua7d2-\ua7d5\ua7da-\ua7dc\u{10d50}-\u{10d65}\u{10d70}-\u{10d85}\u{16ea0}-\u{16ed3}]/u;
/** The codes of those that have two bytes in UTF-8. */
export const LATER_OF_TWO_BYTES: readonly number[] = [0x19b, 0x264];
const EARLIER = new RegExp(`[^${LATER.source.slice(1)}+`, 'gu');

/** Languages in which i and ı are two letters. */
const DOTLESS = /^(tr|az)([-_]|$)/i;

/** Upper case; in a locale of Turkish or Azerbaijani, `i` becomes `İ`. */
export function upperCase(text: string, locale?: string): string {
  const dotted = locale !== undefined && DOTLESS.test(locale) ? text.replaceAll('i', 'İ') : text;
  return LATER.test(dotted) ? dotted.replace(EARLIER, (part) => part.toUpperCase()) : dotted.toUpperCase();
}

/** Lower case; in a locale of Turkish or Azerbaijani, `I` becomes `ı` and `İ` becomes `i`. */
export function lowerCase(text: string, locale?: string): string {
  const dotted =
    locale !== undefined && DOTLESS.test(locale)
      ? text.replaceAll('I\u0307', 'i').replaceAll('İ', 'i').replaceAll('I', 'ı')
      : text;
  return LATER.test(dotted) ? dotted.replace(EARLIER, (part) => part.toLowerCase()) : dotted.toLowerCase();
}

/** Whether a locale has the case mapping of all others. */
export function hasUsualCase(locale: string | undefined): boolean {
  return locale === undefined || !DOTLESS.test(locale);
}
