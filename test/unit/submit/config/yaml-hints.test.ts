import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../../submit/errors.js';
import { parseJobFile } from '../../../../submit/job/job-file.js';

describe('a text that YAML reads as a number', () => {
  const accepted = (text: string) => {
    try {
      parseJobFile('job.yaml', `input: { files: a.csv }\noutput: { path: out }\n${text}\n`);
      return [];
    } catch (error) {
      return (error as Failure<'job-file-invalid'>).details.problems.map((problem) => problem.accepted);
    }
  };
  it.each(['007', '0123', '1.10', '1e3'])('is quoted as it is written: %s', (source) => {
    expect(accepted(`columns: { a: { default: ${source} } }`)).toEqual([
      `text: put it in quotes, "${source}"`,
    ]);
    expect(accepted(`columns: { a: { oneOf: [x, ${source}] } }`)).toEqual([
      `text: put it in quotes, "${source}"`,
    ]);
  });
  it('has limits that are accepted themselves', () => {
    expect(accepted('run: { parallel: 0 }')).toEqual(['at least 1']);
  });
});
