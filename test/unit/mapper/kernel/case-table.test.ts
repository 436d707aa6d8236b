import { describe, expect, it } from 'vitest';
import { caseTable } from '../../../../mapper/kernel/case-table.js';
import { lowerCase, upperCase } from '../../../../mapper/rules/letter-case.js';

const FIRST = 0x80;

/** The bytes of a text if they are two; two zeros otherwise. */
function twoBytes(text: string): number[] {
  const bytes = [...Buffer.from(text)];
  return bytes.length === 2 ? bytes : [0, 0];
}

describe.each([
  ['upper', upperCase],
  ['lower', lowerCase],
] as const)('the table of the kernel for %s', (operation, mapCase) => {
  it('is the case that the rule gives to each letter of two bytes', () => {
    const table = caseTable(operation);
    const chars = Array.from({ length: table.length / 2 }, (_, index) => String.fromCharCode(FIRST + index));
    expect(chars.at(-1)).toBe('\u07ff');
    const known = chars.map((char, index) => [char, [...table.subarray(2 * index, 2 * index + 2)]]);
    // The rule maps a capital sigma by its neighbours.
    const isLeft = (char: string) => operation === 'lower' && char === 'Σ';
    expect(known).toEqual(chars.map((char) => [char, isLeft(char) ? [0, 0] : twoBytes(mapCase(char))]));
  });
});
