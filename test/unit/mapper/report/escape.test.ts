import { describe, expect, it } from 'vitest';
import { escapeLine, quoteExcerpt } from '../../../../mapper/report/escape.js';

describe('escapeLine', () => {
  it('escapes control characters and leaves the rest', () => {
    expect(escapeLine('é "x"\u001b[31m\r\u0085\u2028')).toBe('é "x"\\u001b[31m\\u000d\\u0085\\u2028');
  });
});

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
