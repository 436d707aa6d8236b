import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MapperPlan } from '../../../mapper/contract.js';
import { mapperPlan, REJECTS_HEADER, ruledColumn, runMapperOn } from '../../support/mapper-harness.js';

const NAMES = ['id', 'name', 'amount'];

function plan(csv: Partial<MapperPlan['csv']>, others: Parameters<typeof mapperPlan>[0] = {}): MapperPlan {
  return mapperPlan({
    columns: [
      ruledColumn('name', 'upper'),
      ruledColumn('amount', { places: 1 }, { action: 'marker', text: 'BAD' }),
    ],
    output: { header: 'every-part' },
    ...others,
    csv: { names: NAMES, ...csv },
  });
}

const taskOn = (inputFile: string | null, inputStart = 0) => ({
  attemptId: 'attempt_1_0001_m_000000_0',
  inputFile,
  inputStart,
  stdinRange: null,
  writesFirstPart: inputStart === 0,
});
const layoutOf = (...names: string[]) => ({ layouts: [{ names, inputs: ['/raw/other.csv'] }] });
const OTHER = taskOn('hdfs://nn/raw/other.csv');

describe('an input whose columns stand elsewhere', () => {
  it('gives records in the planned order, in each of its splits', () => {
    const moved = plan(layoutOf('amount', 'id', 'name'));
    const first = runMapperOn(moved, 'amount,id,name\n1.25,7,ann\n', { task: OTHER });
    expect(first.output).toBe('id,name,amount\n7,ANN,1.2\n');
    expect(first.counts).toMatchObject({ headers: 1, headersAdded: 1, recordsRead: 1, recordsWritten: 1 });
    const later = runMapperOn(moved, 'x,8,"b,ob"\n2,9,cy\n', {
      task: taskOn('hdfs://nn/raw/other.csv', 900),
    });
    expect(later.output).toBe('id,name,amount\n8,"B,OB",BAD\n9,CY,2.0\n');
    expect(later.counts.invalid).toEqual({ name: 0, amount: 1 });
    // Another input of the job has the planned columns.
    expect(runMapperOn(moved, '7,ann,1\n', { task: taskOn('/raw/own.csv', 900) }).output).toBe(
      'id,name,amount\n7,ANN,1.0\n',
    );
  });

  it('leaves missing columns empty, without judging them, and new ones out', () => {
    const drifted = plan(layoutOf('note', 'name', 'id'));
    const { output, counts } = runMapperOn(drifted, 'note,name,id\nhello,ann,7\n', { task: OTHER });
    expect(output).toBe('id,name,amount\n7,ANN,\n');
    expect(counts.invalid).toEqual({ name: 0, amount: 0 });
  });

  it('has headers of the planned columns where headers are kept', () => {
    const kept = plan(layoutOf('name', 'id'), { output: { header: 'keep' } });
    expect(runMapperOn(kept, 'name,id\nann,7\nname,id\n', { task: OTHER }).output).toBe(
      'id,name,amount\n7,ANN,\nid,name,amount\n',
    );
  });

  it('rejects records of another width than its own, as they were read', () => {
    const narrow = plan(layoutOf('name', 'id'), { records: { wrongFieldCount: 'reject' } });
    const input = 'name,id\nann,7,3\nbob,8\ncy\n';
    const { output, counts } = runMapperOn(narrow, input, { task: OTHER });
    expect(output).toBe('id,name,amount\n8,BOB,\n');
    expect(counts).toMatchObject({ recordsRejected: 2, wrongFieldCount: 2 });
    const rejects = runMapperOn(narrow, input, { task: OTHER, emit: 'rejects' }).output;
    expect(rejects).toBe(
      `${REJECTS_HEADER}hdfs://nn/raw/other.csv,2,,records.wrongFieldCount,,wrong field count: 3 instead of 2,"ann,7,3"\n` +
        'hdfs://nn/raw/other.csv,4,,records.wrongFieldCount,,wrong field count: 1 instead of 2,"cy"\n',
    );
  });

  it('takes no record for a header that only looks like one when new columns are left out', () => {
    const drifted = plan(layoutOf('id', 'name', 'amount', 'note'), { columns: [] });
    const input = 'id,name,amount,note\nid,name,amount,other\n';
    const { output, counts } = runMapperOn(drifted, input, { task: OTHER });
    expect(output).toBe('id,name,amount\nid,name,amount\n');
    expect(counts).toMatchObject({ recordsRead: 1, headers: 1 });
  });

  it('is not guessed where Hadoop does not tell which input it is', () => {
    const run = () => runMapperOn(plan(layoutOf('name', 'id')), 'ann,7\n', { task: taskOn(null) });
    expect(run).toThrow(expect.objectContaining({ code: 'header-unknown' }));
  });
});

describe('a pipe of several files', () => {
  const FILES =
    'id,name,amount\n1,ann,1\nname,amount,id\nbob,2,2\n"amount","id","name"\n3,3,cy\nid,name,amount\n4,di,4\n';

  it('follows headers with the same names in another order by name', () => {
    const { output, counts } = runMapperOn(plan({ columnOrder: 'byName' }), FILES);
    expect(output).toBe('id,name,amount\n1,ANN,1.0\n2,BOB,2.0\n3,CY,3.0\n4,DI,4.0\n');
    expect(counts).toMatchObject({ headers: 4, recordsRead: 4 });
    // The first header is the plan, where the names are not known before.
    const open = runMapperOn(plan({ columnOrder: 'byName', names: null }), FILES);
    expect(open.output).toBe(output);
  });

  it('follows the headers that it was built with', () => {
    const built = plan(layoutOf('name', 'id', 'note'));
    expect(runMapperOn(built, 'id,name,amount\n1,ann,1\nname,id,note\nbob,2,x\n').output).toBe(
      'id,name,amount\n1,ANN,1.0\n2,BOB,\n',
    );
  });

  it('does not follow them otherwise', () => {
    expect(runMapperOn(plan({}), FILES).counts).toMatchObject({ headers: 2, recordsRead: 6 });
  });
});

const field = fc.oneof(
  fc.constantFrom(
    '',
    '1.25',
    '-0.05',
    'ann',
    'é',
    'id',
    'name',
    '"a"',
    'a"b',
    '"x,y"',
    '"say ""a"""',
    '7',
    '1e3',
  ),
  fc.string({ unit: 'grapheme-ascii', maxLength: 5 }).map((text) => text.replaceAll(/[",\r\n]/g, '')),
);

describe('kernel and reference', () => {
  it('give the same for any layout, record and cut', () => {
    const names = fc.shuffledSubarray(['id', 'name', 'amount', 'note', 'é'], { minLength: 1 });
    const rows = fc.array(fc.array(field, { minLength: 1, maxLength: 6 }), { maxLength: 12 });
    fc.assert(
      fc.property(
        names,
        rows,
        fc.nat({ max: 3 }),
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        (header, records, wide, chunkBytes, isTask) => {
          const definition = plan(
            isTask ? layoutOf(...header) : { columnOrder: 'byName', ...layoutOf(...header) },
            {
              output: { header: 'keep' },
            },
          );
          const lines = [
            header,
            ...records.map((record, at) => (at % 4 === wide ? record : ofWidth(record, header.length))),
          ];
          const input = Buffer.from(
            `id,name,amount\n1,x,2\n${lines.map((line) => line.join(',')).join('\n')}\n`,
          );
          const options = { task: isTask ? OTHER : null, chunkBytes };
          const byKernel = runMapperOn(definition, input, options);
          const byReference = runMapperOn(definition, input, { ...options, path: 'reference' });
          expect(byKernel).toEqual(byReference);
        },
      ),
      { numRuns: 200 },
    );
  });
});

function ofWidth(record: readonly string[], width: number): string[] {
  return Array.from({ length: width }, (_none, index) => record[index] ?? '1');
}
