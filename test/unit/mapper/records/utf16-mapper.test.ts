import { describe, expect, it } from 'vitest';
import { linesTold, mapperPlan, ruledColumn, runMapperOn, taskAt } from '../../../support/mapper-harness.js';

const PLAN = mapperPlan({
  csv: { encoding: { label: 'utf-16le' } },
  columns: [ruledColumn('a', 'upper')],
});

describe('a mapper for UTF-16', () => {
  it('decodes a pipe, and stops at what is not valid', () => {
    const text = Buffer.from('a,b\nö,😀\n', 'utf16le');
    for (const chunkBytes of [1, 2, 3, 64]) {
      const whole = runMapperOn(PLAN, text, { chunkBytes });
      expect(Buffer.from(whole.output, 'latin1').toString()).toBe('a,b\nÖ,😀\n');
      const cut = runMapperOn(PLAN, text.subarray(0, -3), { chunkBytes });
      expect(cut.failure).toMatchObject({ code: 'invalid-utf-16', details: { byteOffset: text.length - 6 } });
    }
  });
  it('is none for a task, which gets lines that were told apart by bytes', () => {
    const plan = { ...PLAN, csv: { ...PLAN.csv, names: ['a', 'b'] } };
    let failure: unknown = null;
    try {
      failure = runMapperOn(plan, Buffer.from('ö,1\n', 'utf16le'), { task: taskAt(0) }).failure;
    } catch (error) {
      failure = error;
    }
    expect(failure).toMatchObject({ code: 'utf-16-in-task' });
    expect(linesTold(failure as Parameters<typeof linesTold>[0]).join('\n')).toMatch(/UTF-16LE.*\n.*submit/);
  });
});
