import { lowerCase, upperCase } from '../rules/letter-case.js';

/** The characters that have two bytes in UTF-8. */
const FIRST = 0x80;
const LAST = 0x7ff;

const tables = new Map<'upper' | 'lower', Uint8Array>();

/**
 * For each character from U+0080 to U+07FF, the two UTF-8 bytes of its upper or lower case, or two zeros if that case
 * does not have two bytes. Made with the functions that the text rules call, so that kernel and rules cannot differ.
 * Returns the same table each time.
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
    // The lower case of a capital sigma depends on its neighbours.
    if (operation === 'lower' && char === 'Σ') continue;
    const mapped = operation === 'upper' ? upperCase(char) : lowerCase(char);
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
