import { describe, expect, it } from 'vitest';
import { quoteExcerpt } from '../../../mapper/failure.js';

describe('quoteExcerpt', () => {
  it('shows text in quotes', () => {
    expect(quoteExcerpt('é "x"')).toBe('"é \\"x\\""');
  });
  it('escapes control characters', () => {
    expect(quoteExcerpt('\u001b[31m\r\n\u0085\u2028')).toBe('"\\u001b[31m\\r\\n\\u0085\\u2028"');
  });
  it('cuts what is long', () => {
    expect(quoteExcerpt('x'.repeat(81))).toBe(`"${'x'.repeat(80)}"…`);
  });
});
