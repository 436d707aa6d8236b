import { describe, expect, it } from 'vitest';
import { formatCounters, formatDigests, newMapperCounts } from '../../../../mapper/hadoop/counters.js';

const fixedLines = 14;

describe('formatCounters', () => {
  it('gives all the fixed counters, also those at 0', () => {
    const text = formatCounters({ ...newMapperCounts(), linesRead: 12, headersDropped: 1 });
    expect(text).toBe(
      [
        'lines read,12',
        'lines written,0',
        'records read,0',
        'records written,0',
        'records rejected,0',
        'records left out,0',
        'records left out as not judged,0',
        'records left out as blank lines,0',
        'headers dropped,1',
        'headers,0',
        'headers added,0',
        'wrong field count,0',
        'records padded,0',
        'malformed,0',
      ]
        .map((line) => `reporter:counter:hadoop-elt,${line}\n`)
        .join(''),
    );
  });
  it('gives the columns that had invalid fields', () => {
    const lines = formatCounters({ ...newMapperCounts(), invalid: { a: 3, b: 0, c: 1 } }).split('\n');
    expect(lines.slice(fixedLines)).toEqual([
      'reporter:counter:hadoop-elt,invalid a,3',
      'reporter:counter:hadoop-elt,invalid c,1',
      '',
    ]);
  });
  it('lets no name break a line into other parts', () => {
    const text = formatCounters({ ...newMapperCounts(), invalid: { 'a,b\n\tc\u0085é': 1 } });
    expect(text.split('\n')[fixedLines]).toBe('reporter:counter:hadoop-elt,invalid a;b  c é,1');
  });
  it('sums what is beyond 50 columns', () => {
    const invalid = Object.fromEntries(Array.from({ length: 53 }, (_, i) => [`c${i}`, 2]));
    const lines = formatCounters({ ...newMapperCounts(), invalid })
      .trimEnd()
      .split('\n');
    expect(lines.length).toBe(fixedLines + 51);
    expect(lines.at(-1)).toBe('reporter:counter:hadoop-elt,invalid in other columns,6');
  });
});

describe('formatDigests', () => {
  it('gives each digest in two counters below 2³²', () => {
    expect(formatDigests({ read: 'ffffffff00000001', written: '0000000a000000ff' }).split('\n')).toEqual([
      'reporter:counter:hadoop-elt,digest of lines read (high),4294967295',
      'reporter:counter:hadoop-elt,digest of lines read (low),1',
      'reporter:counter:hadoop-elt,digest of output written (high),10',
      'reporter:counter:hadoop-elt,digest of output written (low),255',
      '',
    ]);
  });
});
