/** The characters of two bytes in UTF-8. */
const FIRST = 0x80;
const LAST = 0x7ff;

/**
 * For each character from U+0080 to U+07FF the two bytes that its upper or lower case has in UTF-8, or two zeros
 * where it does not have two. Made from the same functions that the text rules call, so that the two cannot differ.
 */
export function caseTable(operation: 'upper' | 'lower'): Uint8Array {
  const table = Buffer.alloc((LAST - FIRST + 1) * 2);
  for (let code = FIRST; code <= LAST; code++) {
    const char = String.fromCharCode(code);
    // What becomes of a capital sigma depends on its neighbours.
    if (operation === 'lower' && char === 'Σ') continue;
    const mapped = Buffer.from(operation === 'upper' ? char.toUpperCase() : char.toLowerCase(), 'utf8');
    if (mapped.length === 2) mapped.copy(table, (code - FIRST) * 2);
  }
  return table;
}
