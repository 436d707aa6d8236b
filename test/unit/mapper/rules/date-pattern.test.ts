import { describe, expect, it } from 'vitest';
import { parseDatePattern } from '../../../../mapper/rules/date-pattern.js';

function problem(text: string, use: 'from' | 'to' = 'from') {
  const result = parseDatePattern(text, use);
  return result.ok ? null : `${result.problem.code} at ${result.problem.position}: ${result.problem.found}`;
}

describe('parseDatePattern', () => {
  it('gives literals and fields in order', () => {
    expect(parseDatePattern("d'th' ''M''.yyyy", 'from')).toEqual({
      ok: true,
      pattern: {
        text: "d'th' ''M''.yyyy",
        elements: [
          { kind: 'field', field: 'day', form: 'number', letters: 'd' },
          { kind: 'literal', text: 'th' },
          { kind: 'literal', text: ' ' },
          { kind: 'literal', text: "'" },
          { kind: 'field', field: 'month', form: 'number', letters: 'M' },
          { kind: 'literal', text: "'" },
          { kind: 'literal', text: '.' },
          { kind: 'field', field: 'year', form: 'padded', letters: 'yyyy' },
        ],
      },
    });
  });
  it.each([
    ['YYYY-MM-dd', 'unsupported-letters at 0: YYYY'],
    ['yyyy-MM-DD', 'unsupported-letters at 8: DD'],
    ['yyy-MM-dd', 'unsupported-letters at 0: yyy'],
    ['yyyyy-MM-dd', 'unsupported-letters at 0: yyyyy'],
    ['yyyy-MMMMM-dd', 'unsupported-letters at 5: MMMMM'],
    ['yyyy-MM-dd HHH', 'unsupported-letters at 11: HHH'],
    ['yyyy-MM-dd hh aa', 'unsupported-letters at 14: aa'],
    ['yyyy-MM-dd SSSSSSSSSS', 'unsupported-letters at 11: SSSSSSSSSS'],
    ['yyyy-MM-ddTHH', 'unsupported-letters at 10: T'],
    ['yyyy-MM-dd[ HH]', 'reserved-character at 10: ['],
    ["yyyy-MM-dd 'x", "unclosed-quote at 11: 'x"],
    ["yyyy-MM-dd'", "unclosed-quote at 10: '"],
    ["yyyy-MM-dd 'x''", "unclosed-quote at 11: 'x''"],
    ['yyyyMdd', 'ambiguous-digits at 5: dd'],
    ['yyyydM', 'ambiguous-digits at 5: M'],
    ['dMMyyyy', 'ambiguous-digits at 1: MM'],
    ['y-M-d', null],
    ['yMM-d', 'ambiguous-digits at 1: MM'],
    ["M'0'-d-yyyy", "ambiguous-digits at 1: '0'"],
    ['M0-d-yyyy', 'ambiguous-digits at 1: 0'],
    ['dMMMyyyy', null],
    ['yyyyMMd', null],
    ['yyyy-MM-dd yy', 'repeated-field at 11: yy'],
    ['yyyy-MM-dd HH hh a', 'repeated-field at 14: hh'],
    ['yyyy-MM-dd hh', 'hour-without-half-day at 11: hh'],
    ['yyyy-MM-dd HH a', 'half-day-without-hour at 14: a'],
    ['yyyy-MM', null],
    ['yyyy', 'missing-field at 4: '],
    ['MM-dd', 'missing-field at 5: '],
    ['', 'missing-field at 0: '],
  ])('from %s: %s', (text, expected) => {
    expect(problem(text)).toBe(expected);
  });
  it.each([
    ['yyyyMd', null],
    ['MMMM', null],
    ['hh:mm', 'hour-without-half-day at 0: hh'],
    ['a', 'half-day-without-hour at 0: a'],
    ['yyyy yyyy', 'repeated-field at 5: yyyy'],
    ["'no date'", "no-field at 0: 'no date'"],
    ['', 'no-field at 0: '],
  ])('to %s: %s', (text, expected) => {
    expect(problem(text, 'to')).toBe(expected);
  });
  it('says what would be accepted', () => {
    const result = parseDatePattern('yyyyMdd', 'from');
    expect(result.ok ? '' : result.problem.message).toBe(
      '"M" takes one digit or more, so it cannot be told where it ends before "dd"; write "MM" or put a separator between them',
    );
    const letters = parseDatePattern('Q', 'to');
    expect(letters.ok ? '' : letters.problem.accepted).toContain('yyyy yy y');
  });
});
