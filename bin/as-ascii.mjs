/**
 * Code with escapes for all characters that are not printable ASCII, tab or LF. esbuild leaves some in regular expressions and
 * comments. With one beyond ASCII, Node keeps the whole file in two bytes a character.
 */
export function asAscii(code) {
  return code.replace(
    /[^\x20-\x7e\t\n]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
