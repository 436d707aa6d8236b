import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countsFrom } from '../../../../submit/engines/counts.js';
import { parseJobFile } from '../../../../submit/job/job-file.js';
import { planJob } from '../../../../submit/job/plan.js';
import { checkInputs, checkOutput, type OutputFacts } from '../../../../submit/run/checks.js';

const settingsOf = (checks: string) =>
  planJob(
    parseJobFile('/j.yaml', `input: { files: a.csv }\nchecks: ${checks}\noutput: { path: out }\n`),
    {},
    { jobFile: '/j.yaml', cwd: '/', cpuCount: 1 },
  ).settings;

/** The verdict of each check on an output. */
function verdicts(
  checks: string,
  counts: { readonly read?: number; readonly rejected?: number },
  facts: Partial<OutputFacts> = {},
) {
  const { read = 100, rejected = 0 } = counts;
  const found = checkOutput(settingsOf(checks), {
    counts: countsFrom([
      ['records read', read],
      ['records rejected', rejected],
      ['records written', read - rejected],
    ]),
    columns: { invalid: [], unique: null },
    duplicates: null,
    earlierRecords: [],
    ...facts,
  });
  return Object.fromEntries(found.map(({ check, verdict }) => [check, verdict]));
}

describe('checks of an output', () => {
  it('compare percentages exactly', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10_000 }),
        fc.integer({ min: 1, max: 5 }).map((power) => 10 ** power),
        (hundredths, read) => {
          const percent = `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}%`;
          const allowed = Math.floor((hundredths * read) / 10_000);
          const notAll = (rejected: number) => rejected < read || hundredths === 10_000;
          for (const rejected of [allowed, allowed + 1].filter((count) => count <= read)) {
            const { maxRejected } = verdicts(`{ maxRejected: ${percent} }`, { read, rejected });
            expect(maxRejected).toBe(rejected <= allowed && notAll(rejected) ? 'pass' : 'fail');
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('let no job reject all its records, unless it allows 100%', () => {
    expect(verdicts('{}', { read: 1, rejected: 1 })).toEqual({ maxRejected: 'fail' });
    expect(verdicts('{ maxRejected: 7 }', { read: 5, rejected: 5 })).toEqual({ maxRejected: 'fail' });
    expect(verdicts('{ maxRejected: 100% }', { read: 5, rejected: 5 })).toEqual({ maxRejected: 'pass' });
    expect(verdicts('{}', { read: 2, rejected: 1 })).toEqual({ maxRejected: 'pass' });
    expect(verdicts('{}', { read: 0 })).toEqual({ maxRejected: 'pass' });
  });

  it('count the invalid values that a column may share with others', () => {
    const counts = countsFrom([
      ['records read', 10],
      ['records written', 10],
      ['invalid a', 1],
      ['invalid in other columns', 3],
    ]);
    const invalid = (sharesCount: boolean) =>
      verdicts(
        '{}',
        {},
        {
          counts,
          columns: { invalid: [{ column: 'a', label: 'a', sharesCount, limit: { count: 2 } }], unique: null },
        },
      ).maxInvalid;
    expect([invalid(false), invalid(true)]).toEqual(['pass', 'fail']);
  });

  it.each([
    [[], 5, 'pass'],
    [[0, 0], 5, 'pass'],
    [[100], 5, 'pass'],
    [[200], 5, 'pass'],
    [[201], 5, 'fail'],
    [[67], 5, 'pass'],
    [[66], 5, 'fail'],
    [[100, 900], 1, 'pass'],
    [[900, 100], 1, 'fail'],
    [[100, 900], 2, 'fail'],
  ])(
    'compare 100 records, within 50%%, with the average of %j, the last %i',
    (earlierRecords, ofLast, verdict) => {
      const volume = (more: string) =>
        verdicts(`{ volume: { within: 50%, ofLast: ${ofLast}${more} } }`, {}, { earlierRecords }).volume;
      expect(volume('')).toBe(verdict);
      expect(volume(', level: warn')).toBe(verdict === 'fail' ? 'warn' : 'pass');
    },
  );
});

describe('checks of inputs', () => {
  const input = (records: number | null) => ({ sizeBytes: 10, records });
  const found = (checks: string, inputs: ReturnType<typeof input>[], canDrop = false) =>
    checkInputs(settingsOf(checks), inputs, canDrop).map(({ check, verdict }) => `${check} ${verdict}`);

  it('fail only where the output can not be otherwise', () => {
    expect(found('{ minRecords: 7 }', [input(3), input(3)])).toEqual(['minRecords fail']);
    expect(found('{ minRecords: 6 }', [input(3), input(3)])).toEqual([]);
    expect(found('{ maxRecords: 5 }', [input(3), input(3)])).toEqual(['maxRecords fail']);
    expect(found('{ maxRecords: 6 }', [input(3), input(3)])).toEqual([]);
    expect(found('{ maxRecords: 5 }', [input(3), input(3)], true)).toEqual([]);
  });

  it('leave records of inputs that are not scanned to the output', () => {
    expect(found('{ minRecords: 5, maxBytes: 19 }', [input(null), input(3)])).toEqual(['maxBytes fail']);
    expect(found('{ maxBytes: 20 }', [input(null), input(3)])).toEqual(['maxBytes pass']);
  });
});
