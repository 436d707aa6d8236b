import { describe, expect, it } from 'vitest';
import type { Check, CheckResult, Finding } from '../../../../submit/doctor/check.js';
import { runChecks } from '../../../../submit/doctor/run-checks.js';
import { Failure } from '../../../../submit/errors.js';
import { checkJson, formatCheck } from '../../../../submit/report/doctor-text.js';

const ok: Finding = { status: 'ok', what: 'well' };
const check = (name: string, needs: readonly string[], run: () => Finding): Check => ({
  name,
  needs,
  failedMeans: `the ${name} did not answer`,
  run: async () => run(),
});
const fail = () => {
  throw new Failure('hadoop-not-reachable', { what: 'it', cause: 'down' });
};
const run = (checks: readonly Check[]) => runChecks(checks, () => undefined, new AbortController().signal);

describe('a check', () => {
  it('is skipped when one that it needs failed, and says what failed', async () => {
    const results = await run([
      check('namenode', [], fail),
      check('datanode', ['namenode'], () => ok),
      check('jar', [], () => ok),
      check('same HDFS', ['jar', 'datanode'], () => ok),
    ]);
    const skipped = { status: 'skipped', needs: 'namenode', why: 'the namenode did not answer' };
    expect(results).toEqual([
      expect.objectContaining({ name: 'namenode', status: 'fail' }),
      { name: 'datanode', ...skipped },
      { name: 'jar', ...ok },
      { name: 'same HDFS', ...skipped },
    ]);
    const [, datanode] = results;
    expect(formatCheck(datanode as CheckResult)).toMatch(/not checked: the namenode did not answer$/);
    expect(JSON.parse(checkJson(datanode as CheckResult))).toMatchObject(skipped);
  });

  it('is not skipped for a warning', async () => {
    const warn: Finding = { status: 'warn', what: 'half', why: 'one is down', fix: 'start it' };
    const results = await run([check('namenode', [], () => warn), check('datanode', ['namenode'], () => ok)]);
    expect(results.map(({ status }) => status)).toEqual(['warn', 'ok']);
  });

  it('that throws anything but a failure is a bug', async () => {
    const bug = check('namenode', [], () => {
      throw new TypeError('Invalid URL');
    });
    await expect(run([bug])).rejects.toThrow(TypeError);
  });
});
