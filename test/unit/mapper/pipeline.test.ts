import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MapperPlan } from '../../../mapper/contract.js';
import {
  linesTold,
  mapperPlan,
  REJECTS_HEADER,
  ruledColumn,
  runMapperOn,
  taskAt,
} from '../../support/mapper-harness.js';
import { hostileCsv } from '../../support/mapper-inputs.js';

const date = { date: { from: ['M/d/yyyy'], to: 'yyyy-MM-dd' } };
const upperA = mapperPlan({ csv: { names: ['a', 'b'] }, columns: [ruledColumn('a', 'upper')] });

describe('records', () => {
  it('are mapped by their columns, everything else keeps its bytes', () => {
    const plan = mapperPlan({ columns: [ruledColumn('a', 'upper'), ruledColumn(2, { places: 1 })] });
    const { output, counts } = runMapperOn(plan, 'a,b,c\r\nx\xc3\xa9,\xe9 ,1.25\rx\xe9,"q""",.25');
    expect(output).toBe('a,b,c\nX\xc3\x89,\xe9 ,1.2\nX\xe9,"q""",0.2\n');
    expect(counts).toEqual({
      linesRead: 3,
      linesWritten: 3,
      recordsRead: 2,
      recordsWritten: 2,
      recordsRejected: 0,
      recordsLeftOut: 0,
      recordsNotJudged: 0,
      blankLines: 0,
      headers: 1,
      headersDropped: 0,
      headersAdded: 0,
      wrongFieldCount: 0,
      recordsPadded: 0,
      malformed: 0,
      invalid: { a: 0, c: 0 },
    });
  });
  it('are joined again where a quoted field spans lines, and only then quoted', () => {
    expect(runMapperOn(upperA, '"a",b\r\n"x\r\ny","z"\r\n').output).toBe('a,b\n"X\nY",z\n');
  });
  it('are none in an empty input', () => {
    const { output, counts, failure } = runMapperOn(mapperPlan(), '');
    expect([output, counts.linesRead, failure]).toEqual(['', 0, null]);
  });
  it('take a column rules in order, and none after an invalid value', () => {
    const rules = [
      { rule: 'trim', onInvalid: { action: 'keep' } },
      { rule: 'round', places: 0, mode: 'up', onInvalid: { action: 'marker', text: 'bad' } },
      { rule: 'upper', onInvalid: { action: 'keep' } },
    ] as const;
    const plan = mapperPlan({ csv: { header: false }, columns: [{ column: 0, rules }] });
    expect(runMapperOn(plan, '\u00a0\n \xc2\xa01.5 \nx\n').output).toBe('bad\n2\nbad\n');
  });
  it('work with 10,000 columns', () => {
    const names = Array.from({ length: 10_000 }, (_, i) => `c${i}`);
    const plan = mapperPlan({ columns: [ruledColumn('c9999', 'upper')] });
    const row = names.map(() => 'x').join(',');
    expect(runMapperOn(plan, `${names.join(',')}\n${row}\n`).output).toBe(
      `${names.join(',')}\n${row.slice(0, -1)}X\n`,
    );
  });
  it('work with a field of 50 MB', () => {
    const field = 'y\n'.repeat(25_000_000);
    const plan = mapperPlan({ csv: { names: ['a', 'b'] }, columns: [ruledColumn('a', 'upper')] });
    const { output } = runMapperOn(plan, `x,"${field}"\n`);
    expect(output === `X,"${field}"\n`).toBe(true);
  });
});

describe('invalid values', () => {
  const run = (action: Parameters<typeof ruledColumn>[2], emit: 'records' | 'rejects' = 'records') =>
    runMapperOn(mapperPlan({ columns: [ruledColumn('d', date, action)] }), 'd,e\n2/30/2020,x\n1/6/2022,y\n', {
      emit,
    });

  it('become a marker', () => {
    const { output, counts } = run({ action: 'marker', text: 'no, é' });
    expect(output).toBe('d,e\n"no, \xc3\xa9",x\n2022-01-06,y\n');
    expect(counts.invalid).toEqual({ d: 1 });
  });
  it('are kept, or left blank', () => {
    expect(run({ action: 'keep' }).output).toBe('d,e\n2/30/2020,x\n2022-01-06,y\n');
    expect(run({ action: 'blank' }).output).toBe('d,e\n,x\n2022-01-06,y\n');
  });
  it('reject their record, which then stands in the rejects as it was read', () => {
    const { output, counts } = run({ action: 'reject' });
    expect(output).toBe('d,e\n2022-01-06,y\n');
    expect(counts).toMatchObject({
      recordsRead: 2,
      recordsWritten: 1,
      recordsRejected: 1,
      invalid: { d: 1 },
    });
    const rejects = run({ action: 'reject' }, 'rejects');
    expect(rejects.output).toBe(
      `${REJECTS_HEADER}-,2,d,date,2/30/2020,not a date of the calendar,"2/30/2020,x"\n`,
    );
    expect(rejects.counts).toEqual({ ...counts, headersAdded: 1, linesWritten: 2 });
  });
  it('stop the mapper where the job says so', () => {
    const { failure } = run({ action: 'fail' });
    expect(failure?.code).toBe('invalid-field');
    expect(linesTold(failure).slice(0, 2)).toEqual([
      'Column "d" has "2/30/2020": not a date of the calendar',
      'at line 2 of stdin',
    ]);
  });
  it('are counted on every column also when one rejects the record', () => {
    const columns = [ruledColumn('a', { places: 0 }, { action: 'reject' }), ruledColumn('b', { places: 0 })];
    const { counts } = runMapperOn(mapperPlan({ columns }), 'a,b\nx,y\n');
    expect(counts.invalid).toEqual({ a: 1, b: 1 });
  });
  it('are all that is not UTF-8 where a rule needs text', () => {
    const plan = mapperPlan({
      csv: { header: false },
      columns: [ruledColumn(0, { places: 0 }, { action: 'reject' })],
    });
    expect(runMapperOn(plan, '1\xe9\n', { emit: 'rejects' }).output).toBe(
      `${REJECTS_HEADER}-,1,[0],round,1\xe9,not valid UTF-8,"1\xe9"\n`,
    );
  });
  it('may stand in a column of any name', () => {
    const plan = mapperPlan({ columns: [ruledColumn('__proto__', { places: 0 })] });
    expect(Object.entries(runMapperOn(plan, '__proto__\nx\n').counts.invalid)).toEqual([['__proto__', 1]]);
  });
});

describe('a wrong field count', () => {
  const plan = (wrongFieldCount: MapperPlan['records']['wrongFieldCount']) =>
    mapperPlan({ columns: [ruledColumn('a', 'upper')], records: { wrongFieldCount } });
  const input = 'a,b\nx\n\nx,y,"z"\nx,y\n';

  it('passes the record unchanged', () => {
    const { output, counts } = runMapperOn(plan('pass'), input);
    expect(output).toBe('a,b\nx\n\nx,y,z\nX,y\n');
    expect(counts).toMatchObject({ wrongFieldCount: 3, recordsWritten: 4 });
  });
  it('rejects the record', () => {
    expect(runMapperOn(plan('reject'), input).output).toBe('a,b\nX,y\n');
    expect(runMapperOn(plan('reject'), input, { emit: 'rejects' }).output).toBe(
      REJECTS_HEADER +
        '-,2,,records.wrongFieldCount,,wrong field count: 1 instead of 2,"x"\n' +
        '-,3,,records.wrongFieldCount,,wrong field count: 1 instead of 2,""\n' +
        '-,4,,records.wrongFieldCount,,wrong field count: 3 instead of 2,"x,y,""z"""\n',
    );
  });
  it('stops the mapper', () => {
    const { failure } = runMapperOn(plan('fail'), input, { task: taskAt(0) });
    expect(failure?.code).toBe('wrong-field-count');
    expect(linesTold(failure)[1]).toBe('at line 2 of the split that starts at byte 0 of hdfs://nn/raw/a.csv');
  });
  it('is no question for a blank line where there is one column', () => {
    const { output, counts } = runMapperOn(mapperPlan({ columns: [ruledColumn('a', 'upper')] }), 'a\n\nx\n');
    expect([output, counts.wrongFieldCount]).toEqual(['a\n""\nX\n', 0]);
  });
  it('is only "too few for the rules" where no names are known', () => {
    const noNames = mapperPlan({
      csv: { header: false },
      columns: [ruledColumn(1, 'upper')],
      records: { wrongFieldCount: 'reject' },
    });
    expect(runMapperOn(noNames, 'a,b\na,b,c\na\n').output).toBe('a,B\na,B,c\n');
    expect(runMapperOn(noNames, 'a\n', { emit: 'rejects' }).output).toBe(
      `${REJECTS_HEADER}-,1,,records.wrongFieldCount,,wrong field count: 1 instead of at least 2,"a"\n`,
    );
  });
});

describe('a malformed record', () => {
  const run = (malformed: MapperPlan['records']['malformed'], emit: 'records' | 'rejects' = 'records') =>
    runMapperOn(
      mapperPlan({ columns: [ruledColumn('a', 'upper')], records: { malformed } }),
      'a,b\nx,"y\r\nz,w\n',
      {
        emit,
      },
    );

  it('passes as the line it is', () => {
    const { output, counts } = run('pass');
    expect(output).toBe('a,b\nx,"y\nZ,w\n');
    expect(counts).toMatchObject({ malformed: 1, recordsRead: 2, recordsWritten: 2, linesWritten: 3 });
  });
  it('is rejected with its line as one field', () => {
    expect(run('reject')).toMatchObject({
      output: 'a,b\nZ,w\n',
      counts: { recordsRejected: 1, malformed: 1 },
    });
    expect(run('reject', 'rejects').output).toBe(
      `${REJECTS_HEADER}-,2,,records.malformed,,malformed: a quote is not closed,"x,""y"\n`,
    );
  });
  it('stops the mapper', () => {
    const { failure } = run('fail');
    expect(failure?.code).toBe('record-malformed');
    expect(linesTold(failure).slice(0, 3)).toEqual([
      'A record is malformed: a quote is not closed',
      'at line 2 of stdin',
      'The line is "x,\\"y"',
    ]);
  });
});

describe('a quoted field that goes on over a line end', () => {
  const spanning = 'a,b\n"x\ny",z\n';
  const plan = (quotedLineBreaks: MapperPlan['csv']['quotedLineBreaks']) =>
    mapperPlan({ csv: { names: ['a', 'b'], quotedLineBreaks } });

  it('is an error in a task when the data were not scanned', () => {
    const { failure } = runMapperOn(plan('auto'), spanning, { task: taskAt(0) });
    expect(failure?.code).toBe('line-break-in-quotes');
    expect(linesTold(failure).join('\n')).toMatch(
      /line 2 of the split that starts at byte 0 of hdfs:[\s\S]*csv.quotedLineBreaks/,
    );
  });
  it('is an error also on the last line of a split', () => {
    expect(runMapperOn(plan('auto'), 'a,"x\n', { task: taskAt() }).failure?.code).toBe(
      'line-break-in-quotes',
    );
  });
  it('is joined in a pipe, and in a task that was told so', () => {
    expect(runMapperOn(plan('auto'), spanning).output).toBe(spanning);
    expect(runMapperOn(plan('yes'), spanning, { task: taskAt() }).output).toBe(spanning);
  });
  it('is malformed where there are none', () => {
    expect(runMapperOn(plan('no'), spanning).failure?.code).toBe('record-malformed');
  });
});

describe('the rejects', () => {
  const plan = mapperPlan({
    csv: { names: ['a', 'b'], maxRecordBytes: 20 },
    columns: [ruledColumn('a', { places: 0 }, { action: 'reject' })],
    records: { wrongFieldCount: 'reject', malformed: 'reject' },
  });

  it('and the output together are the input, whatever it is', () => {
    fc.assert(
      fc.property(hostileCsv, (input) => {
        const all = runMapperOn(mapperPlan({ ...plan, columns: [], records: { malformed: 'pass' } }), input);
        const records = runMapperOn(plan, input);
        const rejects = runMapperOn(plan, input, { emit: 'rejects' });
        const { linesWritten } = rejects.counts;
        expect(rejects.counts).toEqual({ ...records.counts, linesWritten, headersAdded: 1 });
        const { counts } = records;
        expect(counts.recordsRead).toBe(counts.recordsWritten + counts.recordsRejected);
        expect(counts.recordsRead).toBe(all.counts.recordsRead);
        expect(records.output.split('\n').length - 1).toBe(counts.linesWritten);
        expect(rejects.output.split('\n').length - 1).toBe(rejects.counts.linesWritten);
      }),
      { numRuns: 300 },
    );
  });
  it('hold each record as it was read, and what was wrong with it', () => {
    const rejects = runMapperOn(plan, '1,x\n" a","b"\r\n"a\r\nc",d\n7\n"e"f,g\n', { emit: 'rejects' });
    expect(rejects.output).toBe(
      REJECTS_HEADER +
        '-,2,a,round, a,not a number,""" a"",""b"""\n' +
        '-,3,a,round,"a\nc",not a number,"""a\nc"",d"\n' +
        '-,5,,records.wrongFieldCount,,wrong field count: 1 instead of 2,"7"\n' +
        '-,6,,records.malformed,,malformed: text after a closing quote,"""e""f,g"\n',
    );
  });
  it('say which value the rule was given, where rules stand in a list', () => {
    const list = ruledColumn('a', { places: 0 }, { action: 'reject' }).rules;
    const trimmed = mapperPlan({
      csv: { names: ['a', 'b'] },
      columns: [{ column: 'a', rules: [...ruledColumn('a', 'trim').rules, ...list] }],
    });
    expect(runMapperOn(trimmed, '  \xc3\xa9 ,x\n', { emit: 'rejects' }).output).toBe(
      `${REJECTS_HEADER}-,1,a,round,\xc3\xa9,not a number,"  \xc3\xa9 ,x"\n`,
    );
  });
  it('name the input as the user does, and the line in the file, as far as they are known', () => {
    const places = { '/raw/a.csv': { name: 'raw/a.csv', linesBefore: { 4096: 100 } } };
    const rejectIn = (start: number | null, known: typeof places | null) =>
      runMapperOn(plan, 'x,y\n', { emit: 'rejects', task: taskAt(start), places: known }).output.split(
        '\n',
      )[1];
    const rest = 'a,round,x,not a number,"x,y"';
    expect(rejectIn(4096, places)).toBe(`raw/a.csv,101,${rest}`);
    expect(rejectIn(0, places)).toBe(`raw/a.csv,1,${rest}`);
    expect(rejectIn(8192, places)).toBe(`raw/a.csv,,${rest}`);
    expect(rejectIn(4096, null)).toBe(`hdfs://nn/raw/a.csv,,${rest}`);
    expect(rejectIn(0, null)).toBe(`hdfs://nn/raw/a.csv,1,${rest}`);
    expect(rejectIn(null, places)).toBe(`raw/a.csv,,${rest}`);
  });
  it('have their header also where nothing is read or rejected', () => {
    expect(runMapperOn(plan, '', { emit: 'rejects' }).output).toBe(REJECTS_HEADER);
    expect(runMapperOn(plan, '1,x\n', { emit: 'rejects' }).output).toBe(REJECTS_HEADER);
  });
});
