import { describe, expect, it } from 'vitest';
import { doubtHeader, doubtQuotes } from '../../../../mapper/records/doubts.js';

describe('a header that lacks a column', () => {
  it.each([
    [['id;name'], { kind: 'delimiter', likely: ';' }],
    [['a,b;c;d'], { kind: 'delimiter', likely: ';' }],
    [['a\tb'], { kind: 'delimiter', likely: '\t' }],
    [['Station: X'], { kind: 'preamble' }],
    [['# created', ' by x'], { kind: 'comment', start: '#' }],
    [['-- made by'], { kind: 'comment', start: '--' }],
    [[''], { kind: 'blank' }],
    [['', ' '], { kind: 'blank' }],
    [['id', 'name'], null],
  ] as const)('%j looks like %j', (names, doubt) => {
    expect(doubtHeader(names)).toEqual(doubt);
  });
});

describe('a malformed line', () => {
  it.each([
    ['1,"Foo \\"Bar\\"",2', 'escape'],
    ['1,"5" pipe"', 'lenientQuotes'],
    ['"a" ,b', 'lenientQuotes'],
    ['"a"b",c', 'lenientQuotes'],
    ['"x"y', null],
    ['"open,1', null],
  ])('%j makes sense by %j', (line, doubt) => {
    expect(doubtQuotes(line)).toBe(doubt);
  });
});
