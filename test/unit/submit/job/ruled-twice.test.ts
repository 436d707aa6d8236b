import { describe, expect, it } from 'vitest';
import { type Failure, isFailure } from '../../../../submit/errors.js';
import { parseJobFile } from '../../../../submit/job/job-file.js';
import { agreeOnHeader, planJob } from '../../../../submit/job/plan.js';

function problemsOf(text: string, names: readonly string[] | null): string[] {
  try {
    const job = parseJobFile('job.yaml', `input: { files: a.csv }\noutput: { path: out }\n${text}\n`);
    const plan = planJob(job, {}, { jobFile: '/jobs/a.elt.yaml', cwd: '/here', cpuCount: 4 });
    if (names !== null) agreeOnHeader(plan, [{ input: 'a.csv', names }]);
    return [];
  } catch (error) {
    if (!isFailure(error, 'job-file-invalid')) throw error;
    return (error as Failure<'job-file-invalid'>).details.problems.map(
      ({ line, message }) => `${line}: ${message}`,
    );
  }
}

describe('a column with rules by its name and by its index', () => {
  const job = 'columns:\n  v: upper\n  "[1]": lower\n';
  const told = ['5: the column has rules in two places: [1] here, and v at line 4'];

  it('is refused as soon as the names are known', () => {
    expect(problemsOf(job, ['id', 'v'])).toEqual(told);
    expect(problemsOf(`${job}csv: { headerMatch: loose }`, ['id', ' V '])).toEqual(told);
    expect(problemsOf(`${job}csv: { header: false, columns: [id, v] }`, null)).toEqual(told);
    expect(problemsOf('columns: { "[1]": upper, "[ 1 ]": lower }', null)).toHaveLength(1);
  });
  it('is none where they are two columns', () => {
    expect(problemsOf(job, ['v', 'id'])).toEqual([]);
    expect(problemsOf(job, null)).toEqual([]);
  });
});
