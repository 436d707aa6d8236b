import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HeaderChoice } from '../../../mapper/contract.js';
import { type RecordOutcome, RecordOutput } from '../../../mapper/record-output.js';
import { type RecordEnd, Tally } from '../../../mapper/tally.js';

const ENDS: readonly RecordEnd[] = [
  ...(['written', 'rejected', 'left out', 'left out, not judged'] as const),
  ...(['header kept', 'header dropped'] as const),
];

describe('a tally', () => {
  it('gives each record read one end', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...ENDS), fc.nat({ max: 9 }))), (events) => {
        const tally = new Tally();
        for (const [end, records] of events) tally.countRecords(end, records);
        const { recordsRead, recordsWritten, recordsRejected, recordsLeftOut, headers } = tally.counts;
        expect(recordsRead).toBe(recordsWritten + recordsRejected + recordsLeftOut);
        expect(recordsRead + headers).toBe(events.reduce((sum, [, records]) => sum + records, 0));
      }),
    );
  });
  it('counts a header as a header, whether it is kept or dropped', () => {
    const tally = new Tally();
    tally.countRecords('header kept');
    tally.countRecords('header dropped');
    expect(tally.counts).toMatchObject({ headers: 2, headersDropped: 1, recordsWritten: 0, recordsRead: 0 });
  });
  it('knows ruled columns before any of their fields is invalid, in their order', () => {
    const tally = new Tally();
    tally.expectColumns(['b', 'a']);
    tally.countInvalid('a', 2);
    expect(Object.entries(tally.counts.invalid)).toEqual([
      ['b', 0],
      ['a', 2],
    ]);
  });
});

describe('the output', () => {
  const outcome: RecordOutcome = {
    fields: ['a', 'b,c'],
    rejection: null,
    invalid: ['x'],
    hasWrongFieldCount: false,
  };
  const rejected: RecordOutcome = {
    ...outcome,
    rejection: { column: 'x', rule: 'round', value: '', reason: 'empty' },
    hasWrongFieldCount: true,
  };

  function outputOf(emit: 'records' | 'rejects', header: HeaderChoice = 'keep') {
    const tally = new Tally();
    let text = '';
    const source = () => ({ file: 'in.csv', linesBefore: 10 });
    const form = { delimiter: ',', quotesAll: false, quotesEmpty: false, nullText: '' };
    const options = { form, header, emit, source, isFirstPart: false };
    const output = new RecordOutput(options, tally, (bytes) => {
      text += bytes.toString('latin1');
    });
    const read = (line: string) => ({ lineNumber: 3, bytes: Buffer.from(line) });
    output.beginRejects();
    output.beginRecords(['h', 'i']);
    output.takeHeaderLine(Buffer.from('h,i\n'));
    output.takeHeader(['h', 'i']);
    output.takeRecord(outcome);
    output.takeRecord(rejected, read(',"b,c"'));
    output.flush();
    output.takeMalformedLine('written', read('"a"b'), 'text after a closing quote');
    output.takeMalformedLine('rejected', read('"a'), 'a quote is not closed');
    return { text, counts: tally.counts };
  }

  it('writes records or rejects, and counts the same either way', () => {
    const records = outputOf('records');
    const rejects = outputOf('rejects');
    expect(records.text).toBe('h,i\nh,i\na,"b,c"\n"a"b\n');
    expect(rejects.text).toBe(
      'file,line,column,rule,value,reason,record\n' +
        'in.csv,13,x,round,,empty,",""b,c"""\n' +
        'in.csv,13,,records.malformed,,malformed: a quote is not closed,"""a"\n',
    );
    expect(records.counts).toMatchObject({
      ...{ recordsRead: 4, recordsWritten: 2, recordsRejected: 2, headers: 2, linesWritten: 4 },
      ...{ wrongFieldCount: 1, malformed: 2, invalid: { x: 2 } },
    });
    expect(rejects.counts).toEqual({ ...records.counts, linesWritten: 3, headersAdded: 1 });
  });
  it('starts every part with the header where the job says so, and has no other', () => {
    const { text, counts } = outputOf('records', 'every-part');
    expect(text).toBe('h,i\na,"b,c"\n"a"b\n');
    expect(counts).toMatchObject({ headers: 2, headersDropped: 2, headersAdded: 1, linesWritten: 3 });
    expect(outputOf('records', 'first-part').text).toBe('a,"b,c"\n"a"b\n');
  });
  it('drops headers where the job says so', () => {
    const { text, counts } = outputOf('records', 'drop');
    expect(text).toBe('a,"b,c"\n"a"b\n');
    expect(counts).toMatchObject({ headers: 2, headersDropped: 2, recordsWritten: 2, linesWritten: 2 });
  });
});
