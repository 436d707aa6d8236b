/** The characters that have two bytes in UTF-8. */
const FIRST = 0x80;
const LAST = 0x7ff;

const tables = new Map<'upper' | 'lower', Uint8Array>();

/**
 * For each character from U+0080 to U+07FF the two bytes that its upper or lower case has in UTF-8, or two zeros
 * where it does not have two. Made from the same functions that the text rules call, so that the two cannot differ;
 * the same table every time.
 */
export function caseTable(operation: 'upper' | 'lower'): Uint8Array {
  const table = tables.get(operation) ?? makeTable(operation);
  tables.set(operation, table);
  return table;
}

function makeTable(operation: 'upper' | 'lower'): Uint8Array {
  const table = new Uint8Array((LAST - FIRST + 1) * 2);
  for (let code = FIRST; code <= LAST; code++) {
    const char = String.fromCharCode(code);
    // What becomes of a capital sigma depends on its neighbours.
    if (operation === 'lower' && char === 'Σ') continue;
    const mapped = operation === 'upper' ? char.toUpperCase() : char.toLowerCase();
    const first = mapped.charCodeAt(0);
    const at = (code - FIRST) * 2;
    if (mapped.length === 1 && first >= FIRST && first <= LAST) {
      table[at] = 0xc0 | (first >> 6);
      table[at + 1] = 0x80 | (first & 0x3f);
    } else if (mapped.length === 2 && first < FIRST && mapped.charCodeAt(1) < FIRST) {
      table[at] = first;
      table[at + 1] = mapped.charCodeAt(1);
    }
  }
  return table;
}
