import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MapperPlan } from '../../../mapper/contract.js';
import { atPlace } from '../../../mapper/digest/digest.js';
import { openDigests } from '../../../mapper/digest/digests.js';
import { kernelCases } from '../../support/kernel-cases.js';
import { mapperPlan, ruledColumn, runMapperOn, taskAt } from '../../support/mapper-harness.js';

const SOURCE = { file: 'raw/a.csv', linesBefore: 100 };
const PLACES = { '/raw/a.csv': { name: 'raw/a.csv', linesBefore: { 4096: 100 } } };
const PATHS = ['kernel', 'reference'] as const;
const reject = { action: 'reject' } as const;

/** What a task writes that writes both, against two tasks that write one of them. */
function expectBoth(plan: MapperPlan, input: string, path: 'kernel' | 'reference', chunkBytes = 4096): void {
  const options = { task: taskAt(), path, chunkBytes };
  const records = runMapperOn(plan, input, options);
  const rejects = runMapperOn(plan, input, { ...options, emit: 'rejects', places: PLACES });
  const both = runMapperOn(plan, input, { ...options, rejectsOf: SOURCE });
  const { rejects: beside, ...own } = both;
  expect(own).toEqual(records);
  if (records.failure !== null) return;
  expect(beside?.output).toBe(rejects.output);
  expect(beside?.counts).toEqual(rejects.counts);
  expect(beside?.digests).toEqual(rejects.digests);
}

describe('rejects beside the records', () => {
  it('are those of a task that writes rejects alone, and the records those of one without rejects', () => {
    fc.assert(
      fc.property(kernelCases, fc.constantFrom(...PATHS), ({ plan, input, chunkBytes }, path) =>
        expectBoth(plan, input, path, chunkBytes),
      ),
      { numRuns: 60 },
    );
  });

  const columns = [
    ruledColumn('amount', { places: 1 }, reject),
    ruledColumn('day', { date: { from: ['M/d/yyyy'], to: 'yyyy-MM-dd' } }, reject),
  ];
  const records = { wrongFieldCount: 'reject', malformed: 'reject' } as const;
  const names = ['day', 'amount', 'note'];

  it('are told as they were read where the columns stand elsewhere than planned', () => {
    const layouts = [{ names: ['note', 'amount', 'day'], inputs: ['/raw/a.csv'] }];
    const plan = mapperPlan({ csv: { names, layouts }, columns, records });
    const lines = [
      ...['x,1.25,1/2/2015', 'y,none,1/2/2015', 'note,amount,day', 'z,2,13/1/2015', '"q",3,none'],
      ...['two,fields', '"a"b,1,1/1/2015', 'last,7,1/3/2015', 'bad,8,0/3/2015'],
    ];
    const input = `${lines.join('\n')}\n`;
    expectBoth(plan, input, 'kernel');
    const { rejects, output } = runMapperOn(plan, input, { task: taskAt(), rejectsOf: SOURCE });
    expect(output).toBe('2015-01-02,1.2,x\nday,amount,note\n2015-01-03,7.0,last\n');
    expect(rejects?.output).toContain('raw/a.csv,102,amount,round,none,not a number,"y,none,1/2/2015"\n');
    expect(rejects?.output).toContain('raw/a.csv,109,day,date,0/3/2015,');
    expect(rejects?.output).toContain(',"bad,8,0/3/2015"\n');
  });

  it('are told as they were read where the delimiter has several bytes', () => {
    const plan = mapperPlan({ csv: { names, delimiter: '||' }, columns, records });
    const input = '1/2/2015||1||a\n1/2/2015||none||b\nnone||2||"c"\n1/4/2015||x||\u001f\n1/5/2015||y||e\n';
    expectBoth(plan, input, 'kernel');
    const { rejects } = runMapperOn(plan, input, { task: taskAt(), rejectsOf: SOURCE });
    expect(rejects?.output).toContain('||"1/2/2015||none||b"\n');
    expect(rejects?.output).toContain('||105||amount||');
  });

  it('have a digest of their own, bound to the task', () => {
    const plan = mapperPlan({ csv: { names }, columns, records });
    const { rejects, digests } = runMapperOn(plan, '1/2/2015,none,x\n', {
      task: taskAt(),
      rejectsOf: SOURCE,
    });
    const { bytes } = openDigests(null);
    bytes.add(Buffer.from(rejects?.output ?? '', 'latin1'));
    expect(rejects?.digests).toEqual({ read: digests?.read, written: atPlace(bytes.end(), 0) });
  });
});
