import { expect, it } from 'vitest';
import { parseJobFile } from '../../../../submit/job/job-file.js';
import { planJob } from '../../../../submit/job/plan.js';
import { fingerprintOf } from '../../../../submit/run/fingerprint.js';

const fingerprintWith = (output: string) =>
  fingerprintOf(
    planJob(
      parseJobFile('job.yaml', `input: { files: a.csv }\noutput: { path: out${output} }\n`),
      {},
      { jobFile: '/jobs/job.yaml', cwd: '/here', cpuCount: 4 },
    ),
    2026,
  );

it('an output in other parts is another one, and one that says nothing of parts is as before', () => {
  const fingerprints = ['', ', files: 1', ', partSize: 1MiB', ', partSize: 2MiB', ', compression: gzip'].map(
    fingerprintWith,
  );
  expect(new Set(fingerprints).size).toBe(5);
  expect(fingerprintWith(', mode: append')).toBe(fingerprints[0]);
});
