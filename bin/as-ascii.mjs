/**
 * Code with escapes for all characters beyond ASCII, which esbuild leaves in regular expressions and comments. With one of
 * them Node keeps the whole file in two bytes a character.
 */
export function asAscii(code) {
  return code.replace(/[^\0-\x7f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
