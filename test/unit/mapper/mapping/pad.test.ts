import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MapperPlan } from '../../../../mapper/contract.js';
import { Findings } from '../../../../mapper/findings.js';
import { formatProblems } from '../../../../mapper/report/problems.js';
import {
  mapperPlan,
  REJECTS_HEADER,
  ruledColumn,
  runMapperOn,
  taskAt,
} from '../../../support/mapper-harness.js';

function padding(
  names: readonly string[],
  { csv = {}, ...parts }: Parameters<typeof mapperPlan>[0] & Partial<Pick<MapperPlan, 'where'>> = {},
): MapperPlan {
  const { where, ...others } = parts;
  const plan = mapperPlan({
    csv: { names, ...csv },
    records: { wrongFieldCount: 'pad' },
    output: { header: 'drop' },
    ...others,
  });
  return where === undefined ? plan : { ...plan, where };
}

/** The output of both paths, which must be the same. */
function outputOf(plan: MapperPlan, input: string): string {
  const reference = runMapperOn(plan, input, { path: 'reference' });
  expect(runMapperOn(plan, input, { path: 'kernel' })).toEqual(reference);
  expect(reference.failure).toBeNull();
  return reference.output;
}

describe('records.wrongFieldCount: pad', () => {
  it('adds empty fields, takes empty ones away, and applies the rules to what it made', () => {
    const plan = padding(['a', 'b', 'c'], {
      columns: [ruledColumn('a', 'upper'), ruledColumn('c', { places: 1 }, { action: 'marker', text: '?' })],
    });
    expect(outputOf(plan, 'x,y,1\nx\nx,y\nx,y,1,,\nx,y,1,""\n')).toBe(
      'X,y,1.0\nX,,?\nX,y,?\nX,y,1.0\nX,y,1.0\n',
    );
    const { counts } = runMapperOn(plan, 'x,y,1\nx\nx,y\nx,y,1,,\n');
    expect(counts).toMatchObject({ recordsRead: 4, recordsWritten: 4, recordsPadded: 3, wrongFieldCount: 0 });
  });

  it('rejects a record with a text in a field too many, and says so', () => {
    const plan = padding(['a', 'b']);
    const input = '1,2\n1,2,3\n1,2,,3\n1,2,\n';
    expect(outputOf(plan, input)).toBe('1,2\n1,2\n');
    const { output, counts } = runMapperOn(plan, input, { emit: 'rejects' });
    expect(output).toBe(
      `${REJECTS_HEADER}-,2,,records.wrongFieldCount,,wrong field count: 3 instead of 2,"1,2,3"\n` +
        '-,3,,records.wrongFieldCount,,wrong field count: 4 instead of 2,"1,2,,3"\n',
    );
    expect(counts).toMatchObject({ recordsRejected: 2, wrongFieldCount: 2, recordsPadded: 1 });
  });

  it('leaves blank lines out, also in data of one column, but no field that is empty in quotes', () => {
    const plan = padding(['a'], { columns: [ruledColumn('a', 'upper')] });
    expect(outputOf(plan, 'x\n\n""\n\r\ny\n\n')).toBe('X\n""\nY\n');
    const { counts } = runMapperOn(plan, 'x\n\n""\n\r\ny\n\n');
    expect(counts).toMatchObject({ recordsRead: 6, recordsWritten: 3, recordsLeftOut: 3, blankLines: 3 });
    expect(outputOf(padding(['a', 'b']), '\n1\n\n""\n\n')).toBe('1,\n,\n');
  });

  it('takes what is added for null only where an empty field is', () => {
    const fill = { rule: 'default', text: 'none', onInvalid: { action: 'keep' } } as const;
    const columns = [
      { column: 'b', rules: [{ rule: 'upper', onInvalid: { action: 'keep' } } as const, fill] },
    ];
    const style = { header: 'drop', csv: { null: 'NULL' } } as const;
    const plan = (nulls: readonly string[]) =>
      padding(['a', 'b', 'c'], { csv: { nulls }, columns, output: style });
    expect(outputOf(plan(['']), '1\n1,,3\n1,"",3\n')).toBe('1,none,NULL\n1,none,3\n1,none,3\n');
    // A null too many is no text.
    expect(outputOf(plan(['\\N']), '1,2,3,\\N,\n1,\\N\n')).toBe('1,2,3\n1,none,NULL\n');
  });

  it('comes before where and output.columns', () => {
    const test = { rule: 'oneOf', values: [''], onInvalid: { action: 'keep' } } as const;
    const plan = padding(['a', 'b', 'c'], {
      where: { column: 'b', test },
      output: {
        header: 'drop',
        columns: [
          { name: null, from: 'c', rules: [] },
          { name: null, from: 'a', rules: [] },
        ],
      },
    });
    expect(outputOf(plan, '1\n2,x\n3,,4,\n\n')).toBe(',1\n4,3\n');
    const { counts } = runMapperOn(plan, '1\n2,x\n3,,4,\n\n');
    expect(counts).toMatchObject({ recordsPadded: 3, recordsLeftOut: 2, recordsNotJudged: 0, blankLines: 1 });
  });

  it('pads to the width of the input, where that has other columns than the output', () => {
    const layouts = [{ names: ['c', 'a', 'x'], inputs: ['/raw/a.csv'] }];
    const plan = padding(['a', 'b', 'c'], { csv: { layouts } });
    const other = padding(['b'], { csv: { layouts: [{ names: ['a', 'b', 'c'], inputs: ['/raw/a.csv'] }] } });
    for (const path of ['kernel', 'reference'] as const) {
      const run = (of: MapperPlan, input: string) => runMapperOn(of, input, { task: taskAt(), path });
      expect(run(plan, '3,1,9\n3\n\n3,1,9,\n').output).toBe('1,,3\n,,3\n1,,3\n');
      expect(run(plan, '3,1,9,8\n').counts.recordsRejected).toBe(1);
      // A record whose only planned column is empty is no blank line.
      expect(run(other, '1,2,3\n\n1,,3\n"1",,3\n1\n').output).toBe('2\n""\n""\n""\n');
    }
  });

  it('is told at the end of a pipe, with an example', () => {
    const plan = padding(['a', 'b'], { columns: [ruledColumn('a', 'upper')] });
    const told = (input: string) => {
      const { counts, examples } = runMapperOn(plan, input);
      const findings = new Findings();
      const { 'wrong field count': wrong, padded } = examples;
      if (wrong) findings.noteWrongFieldCount(wrong.lineNumber, wrong.reason);
      if (padded) findings.notePadded(padded.lineNumber, padded.reason);
      return formatProblems(counts, findings);
    };
    expect(told('1,2\n1\n\n1,2,3\n')).toBe(
      'hadoop-elt mapper: wrong field count 1 (line 4: 3 instead of 2); padded 1 (line 2: 1 instead of 2); ' +
        'rejected 1 of 4 records; left out 1 of 4 records, 1 of them blank lines\n',
    );
    expect(told('1\n2\n')).toBe('hadoop-elt mapper: padded 2 (line 1: 1 instead of 2)\n');
    expect(told('\n\n')).toBe(
      'hadoop-elt mapper: left out 2 of 2 records, 2 of them blank lines\n' +
        'hadoop-elt mapper: WARNING: every record is a blank line: nothing was written\n',
    );
  });

  it('writes records of one width, and accounts for each', () => {
    const field = fc.constantFrom('', '', 'x', '""', '"a,b"');
    const lines = fc.array(fc.array(field, { maxLength: 5 }), { maxLength: 60 });
    fc.assert(
      fc.property(lines, fc.integer({ min: 1, max: 4 }), (records, width) => {
        const plan = padding(['a', 'b', 'c', 'd'].slice(0, width));
        const input = records.map((fields) => `${fields.join(',')}\n`).join('');
        outputOf(plan, input);
        const { output, counts } = runMapperOn(plan, input);
        const written = output.split('\n').slice(0, -1);
        for (const line of written) {
          expect(line.replaceAll('"a,b"', 'q').split(',')).toHaveLength(width);
        }
        const isBlank = (fields: readonly string[]) => fields.join(',') === '';
        const fits = (fields: readonly string[]) =>
          fields.slice(width).every((text) => text === '' || text === '""');
        const blank = records.filter(isBlank).length;
        const kept = records.filter((fields) => !isBlank(fields) && fits(fields)).length;
        expect([written.length, counts.blankLines, counts.recordsRejected]).toEqual([
          kept,
          blank,
          records.length - blank - kept,
        ]);
      }),
    );
  });
});
