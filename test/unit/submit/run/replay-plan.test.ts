import { describe, expect, it } from 'vitest';
import { parseJobFile } from '../../../../submit/job/job-file.js';
import { planJob } from '../../../../submit/job/plan.js';
import { asReplay, withReplaySettings } from '../../../../submit/run/replay-plan.js';

const AROUND = { jobFile: '/work/job.yaml', cwd: '/work', cpuCount: 2, hdfsHome: '/user/ann' };

function planOf(csv: string, input = '{ files: in/*.csv, recursive: true, onMissing: continue }') {
  const job = parseJobFile(
    'job.yaml',
    `input: ${input}\ncsv: ${csv}\ncolumns: { City: upper }\nchecks: { minRecords: 9 }\noutput: { path: out, mode: replace }\n`,
  );
  return planJob(job, {}, AROUND);
}

const REPLAY = {
  inputs: { base: '/state/replay', patterns: ['1.csv'] },
  upload: '/user/ann/.hadoop-elt/replay-1',
  quotedLineBreaks: 'no',
  delimiter: ';',
  skipLines: 0,
} as const;

function valuesOf(plan: ReturnType<typeof planOf>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(plan.settings).map(([key, { value }]) => [key, value]));
}

describe('the plan of a replay', () => {
  it('reads the rejects alone, which are decoded and hold neither preamble nor comments', () => {
    const plan = planOf('{ encoding: windows-1252, skipLines: 3, comment: "#", quotedLineBreaks: yes }');
    expect(valuesOf(withReplaySettings(plan, REPLAY))).toMatchObject({
      'input.files': REPLAY.inputs,
      'input.recursive': false,
      'input.onMissing': 'fail',
      'csv.encoding': null,
      'csv.skipLines': 0,
      'csv.comment': null,
      'csv.quotedLineBreaks': 'no',
      'csv.delimiter': ';',
    });
  });
  it('keeps how fields are written, how names are compared, and everything else of the job', () => {
    const csv = '{ quote: "\'", escape: backslash, lenientQuotes: true, nulls: [NULL], headerMatch: loose }';
    const plan = planOf(csv);
    const before = valuesOf(plan);
    const after = valuesOf(withReplaySettings(plan, REPLAY));
    const changed = Object.keys(before).filter((key) => before[key] !== after[key]);
    expect(changed.sort()).toEqual([
      ...['csv.delimiter', 'csv.quotedLineBreaks', 'input.files', 'input.onMissing', 'input.recursive'],
      'input.upload',
    ]);
    expect(withReplaySettings(plan, REPLAY)).toMatchObject({ columns: plan.columns, jobFile: plan.jobFile });
  });
  it('uploads to a folder of its own', () => {
    expect(valuesOf(withReplaySettings(planOf('{ header: true }'), REPLAY))['input.upload']).toBe(
      REPLAY.upload,
    );
  });
  it('adds to the output, and asks nothing of the size of a whole load', () => {
    expect(valuesOf(asReplay(planOf('{ header: true }')))).toMatchObject({
      'output.mode': 'append',
      adopt: true,
      'checks.minRecords': null,
      'checks.volume': null,
    });
  });
});
