import { describe, expect, it } from 'vitest';
import type { ColumnPlan } from '../../../mapper/contract.js';
import { MapperFailure } from '../../../mapper/failure.js';
import { linesTold, mapperPlan, ruledColumn, runMapperOn, taskAt } from '../../support/mapper-harness.js';

const columns = [ruledColumn('a', 'upper')];
const known = mapperPlan({ csv: { names: ['a', 'b'] }, columns });
const unknown = mapperPlan({ columns });

describe('a header', () => {
  it('is the first record of a pipe where names are not baked in', () => {
    expect(runMapperOn(unknown, 'a,b\nx,y\n').output).toBe('a,b\nX,y\n');
  });
  it('is the first record of a task whose split starts a file', () => {
    expect(runMapperOn(unknown, 'a,b\nx,y\n', { task: taskAt(0) }).output).toBe('a,b\nX,y\n');
  });
  it('is not guessed in a task whose split does not start a file', () => {
    for (const start of [4096, null]) {
      const { failure, output } = runMapperOn(unknown, 'a,b\nx,y\n', { task: taskAt(start) });
      expect(failure?.code).toBe('header-unknown');
      expect(output).toBe('');
    }
    expect(linesTold(runMapperOn(unknown, 'x,y\n', { task: taskAt(4096) }).failure).join('\n')).toContain(
      '--header-from',
    );
  });
  it('is no question in a task without input', () => {
    expect(runMapperOn(unknown, '', { task: taskAt(4096) }).failure).toBe(null);
  });
  it('is a header wherever it appears, never data', () => {
    const { output, counts } = runMapperOn(known, 'a,b\nx,y\n"a","b"\nx,y\n', { task: taskAt() });
    expect(output).toBe('a,b\nX,y\na,b\nX,y\n');
    expect(counts).toMatchObject({ headers: 2, headersDropped: 0, recordsRead: 2, recordsWritten: 2 });
  });
  it('is dropped wherever it appears where the job says so', () => {
    const dropping = mapperPlan({ ...known, output: { header: 'drop' } });
    const { output, counts } = runMapperOn(dropping, 'a,b\nx,y\na,b\nx,y\n');
    expect(output).toBe('X,y\nX,y\n');
    expect(counts).toMatchObject({ headers: 2, headersDropped: 2, recordsRead: 2, recordsWritten: 2 });
  });
  it('need not be there where names are baked in', () => {
    const { output, counts } = runMapperOn(known, 'x,y\n');
    expect([output, counts.headers]).toEqual(['X,y\n', 0]);
  });
  it('is recognised also in data said to have none but with names given', () => {
    const plan = mapperPlan({ csv: { header: false, names: ['a', 'b'] }, columns });
    expect(runMapperOn(plan, 'x,y\na,b\n')).toMatchObject({ output: 'X,y\na,b\n', counts: { headers: 1 } });
  });
  it('is recognised by its text, in UTF-8 or in Latin-1', () => {
    const plan = mapperPlan({ csv: { names: ['é', 'b'] }, columns: [ruledColumn('é', 'upper')] });
    expect(runMapperOn(plan, '\xc3\xa9,b\n\xe9,b\nx,b\n')).toMatchObject({
      output: '\xc3\xa9,b\n\xe9,b\nX,b\n',
      counts: { headers: 2 },
    });
  });
  it('loses its byte order mark, also in the middle where files were joined', () => {
    expect(runMapperOn(unknown, '\xef\xbb\xbfa,b\nx,y\n').output).toBe('a,b\nX,y\n');
    const joined = '\xef\xbb\xbfa,b\nx,y\n\xef\xbb\xbfa,b\n\xef\xbb\xbf"a","b"\nz,y\n';
    for (const path of ['kernel', 'reference'] as const) {
      expect(runMapperOn(unknown, joined, { path })).toMatchObject({
        output: 'a,b\nX,y\na,b\na,b\nZ,y\n',
        counts: { headers: 3, recordsRead: 2 },
      });
      const inTask = runMapperOn(known, '\xef\xbb\xbfa,b\n\xef\xbb\xbfa,c\n', { task: taskAt(), path });
      expect(inTask).toMatchObject({ output: 'a,b\n\xef\xbb\xbfA,c\n', counts: { headers: 1 } });
    }
  });
  it('that is malformed stops the mapper where names are not known', () => {
    const { failure } = runMapperOn(unknown, 'a,"b\nx,y\n');
    expect(failure?.code).toBe('header-malformed');
    expect(linesTold(failure)[0]).toBe('The header is malformed: a quote is not closed');
  });
  it('alone is a file without data', () => {
    expect(runMapperOn(unknown, 'a,b')).toMatchObject({
      output: 'a,b\n',
      counts: { recordsRead: 0, headers: 1 },
    });
  });
});

describe('a ruled column', () => {
  const failureOf = (ruled: ColumnPlan[], input: string) => {
    const { failure } = runMapperOn(mapperPlan({ columns: ruled }), input);
    return [failure?.code, ...linesTold(failure)];
  };

  it('that is not in the header is told with the nearest name and all names', () => {
    expect(failureOf([ruledColumn('Regoin', 'upper')], 'Country,Region,"x\ny"\n')).toEqual([
      'column-not-in-header',
      'Column "Regoin" has a rule, but is not in the header',
      'The nearest name is "Region"',
      'Line 1 was taken for the header',
      'Columns: [0] "Country", [1] "Region", [2] "x\\ny"',
      'Correct the name, or give the column by its index, such as "[0]"; if lines come before the header, set csv.skipLines; if the data have no header, name the columns in csv.columns, or set csv.header: false and give indexes',
    ]);
  });
  it('that is in the header twice must be given by its index', () => {
    expect(failureOf([ruledColumn('a', 'upper')], 'a,b,a\n')).toEqual([
      'column-twice-in-header',
      'Column "a" has a rule, but is in the header twice',
      'Give it by its index: [0] or [2]',
    ]);
    const plan = mapperPlan({ columns: [ruledColumn(2, { places: 0 })] });
    expect(runMapperOn(plan, 'a,b,a\nx,x,x\n').counts.invalid).toEqual({ '[2]': 1 });
  });
  it('may have an empty name, and is then counted by its index', () => {
    const plan = mapperPlan({ columns: [ruledColumn('', { places: 0 })] });
    expect(runMapperOn(plan, ',b\nx,1.5\n').counts.invalid).toEqual({ '[0]': 1 });
  });
  it('must not have an index beyond the columns', () => {
    expect(failureOf([ruledColumn(2, 'upper')], 'a,b\n').slice(0, 2)).toEqual([
      'column-index-too-large',
      'Column [2] has a rule, but there are 2 columns',
    ]);
  });
  it('must not be given both by name and by index', () => {
    expect(failureOf([ruledColumn('b', 'upper'), ruledColumn(1, 'upper')], 'a,b\n')[1]).toBe(
      'Column "b" has rules in two places',
    );
  });
  it('needs an index where the data have no names', () => {
    const plan = mapperPlan({ csv: { header: false }, columns });
    expect(() => runMapperOn(plan, 'x\n')).toThrow(
      new MapperFailure('column-without-header', { usedIn: 'columns', column: 'a' }),
    );
  });
});
