import { describe, expect, it } from 'vitest';
import { newMapperCounts } from '../../../../mapper/hadoop/counters.js';
import { parseJobFile } from '../../../../submit/job/job-file.js';
import { planJob } from '../../../../submit/job/plan.js';
import { agreeOnForm } from '../../../../submit/run/agree-on-form.js';
import { requireColumnsThatFit } from '../../../../submit/run/columns-fit.js';

const planOf = (csv: string) =>
  planJob(
    parseJobFile('job.yaml', `input: { files: a.csv }\ncsv: ${csv}\noutput: { path: out }\n`),
    {},
    { jobFile: '/jobs/job.yaml', cwd: '/here', cpuCount: 4 },
  );
const file = (path: string, more: object = {}) => ({ path, sizeBytes: 9, ...more });

describe('the form of several inputs', () => {
  it('is that of their lines sep=, if all have the same', () => {
    const found = agreeOnForm(planOf('{}'), [file('a', { separator: ';' }), file('b', { separator: ';' })]);
    expect(found).toEqual({ separator: ';', isMarkedUtf8: false });
    const empty = { path: 'b', sizeBytes: 0 };
    expect(agreeOnForm(planOf('{}'), [empty, file('a', { separator: ';' })]).separator).toBe(';');
  });
  it('must be one: the mapper reads all in the same way', () => {
    expect(() => agreeOnForm(planOf('{}'), [file('a', { separator: ';' }), file('b')])).toThrow(
      expect.objectContaining({
        code: 'inputs-differ',
        details: { what: 'delimiter', first: 'a', firstHas: '";"', second: 'b', secondHas: '","' },
      }),
    );
    const encoded = planOf('{ encoding: windows-1252 }');
    expect(() => agreeOnForm(encoded, [file('a', { hasMark: true }), file('b')])).toThrow(
      expect.objectContaining({ code: 'inputs-differ' }),
    );
  });
  it('is UTF-8 if all have a byte order mark, which matters where another encoding is given', () => {
    const marked = [file('a', { hasMark: true })];
    expect(agreeOnForm(planOf('{ encoding: windows-1252 }'), marked).isMarkedUtf8).toBe(true);
    expect(agreeOnForm(planOf('{}'), [...marked, file('b')]).isMarkedUtf8).toBe(false);
  });
});

describe('csv.columns', () => {
  const counts = (recordsRead: number, wrongFieldCount: number, malformed = 0) => ({
    ...newMapperCounts(),
    recordsRead,
    wrongFieldCount,
    malformed,
  });
  it('that never fit are an error, and those that fit once are none', () => {
    const plan = planOf('{ columns: [a, b] }');
    expect(() => requireColumnsThatFit(plan, counts(3, 2, 1))).toThrow(
      expect.objectContaining({ code: 'columns-never-fit', details: expect.objectContaining({ line: 2 }) }),
    );
    expect(() => requireColumnsThatFit(plan, counts(3, 2))).not.toThrow();
    expect(() => requireColumnsThatFit(plan, counts(0, 0))).not.toThrow();
    expect(() => requireColumnsThatFit(planOf('{}'), counts(3, 3))).not.toThrow();
  });
});
