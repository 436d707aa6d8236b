import { describe, expect, it } from 'vitest';
import type { HeaderChoice } from '../../../../mapper/contract.js';
import { parseJobFile } from '../../../../submit/job/job-file.js';
import type { DescribedMapper } from '../../../../submit/job/own-mapper.js';
import { agreeOnHeader, mapperPlanOf, planJob } from '../../../../submit/job/plan.js';

const planOf = (csv: string, header: string, ownMapper: DescribedMapper | null = null) =>
  planJob(
    parseJobFile(
      'job.yaml',
      `input: { files: a.csv }\ncsv: { ${csv} }\noutput: { path: out${header === '' ? '' : `, header: ${header}`} }\n${ownMapper === null ? 'columns: {}\n' : 'mapper: m.mjs\n'}`,
    ),
    {},
    { jobFile: '/jobs/job.yaml', cwd: '/here', cpuCount: 4, ownMapper },
  );
const headerOf = (...given: Parameters<typeof planOf>) => planOf(...given).settings['output.header'].value;

describe('output.header', () => {
  it('is every-part, and drop where the data have no header', () => {
    expect(headerOf('', '')).toBe('every-part');
    expect(headerOf('header: false', '')).toBe('drop');
    expect(headerOf('columns: [a, b]', '')).toBe('drop');
  });
  it('writes the names of csv.columns where it is given', () => {
    expect(headerOf('columns: [a, b]', 'every-part')).toBe('every-part');
    expect(headerOf('columns: [a, b]', 'first-part')).toBe('first-part');
  });
  it('is an error where there are no names to write', () => {
    for (const header of ['every-part', 'first-part']) {
      expect(() => planOf('header: false', header)).toThrow(
        expect.objectContaining({
          code: 'job-file-invalid',
          details: expect.objectContaining({
            problems: [
              expect.objectContaining({
                key: 'output.header',
                given: header,
                accepted: 'csv.columns with all names, or drop',
              }),
            ],
          }),
        }),
      );
    }
    expect(headerOf('header: false', 'keep')).toBe('keep');
  });
  it("is an own mapper's where the job file says nothing, for data like the mapper's", () => {
    const own = (header: HeaderChoice): DescribedMapper => ({
      mapper: {
        path: '/jobs/m.mjs',
        line: 4,
        sha256: '0',
        columns: [],
        outputColumns: null,
        hidesData: false,
        secrets: [],
      },
      settings: {
        csv: { delimiter: ',', header: true, names: null, quotedLineBreaks: 'auto', maxRecordBytes: 1 },
        records: { wrongFieldCount: 'pass', malformed: 'fail' },
        output: { header },
      },
    });
    expect(headerOf('', '', own('first-part'))).toBe('first-part');
    expect(headerOf('', 'drop', own('first-part'))).toBe('drop');
    expect(headerOf('columns: [a]', '', own('every-part'))).toBe('drop');
  });
});

describe('the header of a job', () => {
  const latin1 = { input: 'a.csv', names: ['é'], nameBytes: ['\xe9'] };

  it('keeps the bytes that the first input has for it', () => {
    const plan = planOf('', '');
    const header = agreeOnHeader(plan, [latin1, { input: 'b.csv', names: ['é'] }]);
    expect(header).toEqual({ names: ['é'], nameBytes: ['\xe9'] });
    const { csv } = mapperPlanOf(plan, { ...header, quotedLineBreaks: 'yes', firstYear: 2026 });
    expect([csv.names, csv.nameBytes]).toEqual([['é'], ['\xe9']]);
  });
  it('has no bytes where mappers write none: the plan is then as version 0.1 made it', () => {
    const plan = planOf('', 'keep');
    const { csv } = mapperPlanOf(plan, {
      ...agreeOnHeader(plan, [latin1]),
      quotedLineBreaks: 'yes',
      firstYear: 2026,
    });
    expect(Object.keys(csv)).toEqual(['delimiter', 'header', 'names', 'quotedLineBreaks', 'maxRecordBytes']);
  });
});
