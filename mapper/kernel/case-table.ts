import { LF } from '../records/byte-string.js';
import { LATER_OF_TWO_BYTES } from '../rules/letter-case.js';

/** The characters that have two bytes in UTF-8. */
const FIRST = 0x80;
const LAST = 0x7ff;
const CAPITAL_SIGMA = 0x3a3;

const tables = new Map<'upper' | 'lower', Uint8Array>();

/**
 * For each character from U+0080 to U+07FF, the two UTF-8 bytes of its upper or lower case, or two zeros if that case
 * does not have two bytes. The same as the functions that the text rules call. Returns the same table each time.
 */
export function caseTable(operation: 'upper' | 'lower'): Uint8Array {
  const table = tables.get(operation) ?? makeTable(operation);
  tables.set(operation, table);
  return table;
}

function makeTable(operation: 'upper' | 'lower'): Uint8Array {
  const table = new Uint8Array((LAST - FIRST + 1) * 2);
  // All at once, with a line feed behind each: one by one they would take a part of each start.
  const codes = new Uint16Array(table.length).fill(LF);
  for (let code = FIRST; code <= LAST; code++) codes[(code - FIRST) * 2] = code;
  const text = Buffer.from(codes.buffer).toString('utf16le');
  const mapped = operation === 'upper' ? text.toUpperCase() : text.toLowerCase();
  for (let at = 0, from = 0; at < table.length; at += 2) {
    const code = codes[at] as number;
    const end = mapped.indexOf('\n', from);
    const first = LATER_OF_TWO_BYTES.includes(code) ? code : mapped.charCodeAt(from);
    const second = mapped.charCodeAt(from + 1);
    const length = end - from;
    from = end + 1;
    // The lower case of a capital sigma depends on its neighbours.
    if (operation === 'lower' && code === CAPITAL_SIGMA) continue;
    if (length === 1 && first >= FIRST && first <= LAST) {
      table[at] = 0xc0 | (first >> 6);
      table[at + 1] = 0x80 | (first & 0x3f);
    } else if (length === 2 && first < FIRST && second < FIRST) {
      table[at] = first;
      table[at + 1] = second;
    }
  }
  return table;
}
