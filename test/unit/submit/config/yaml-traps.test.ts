import { describe, expect, it } from 'vitest';
import { isFailure } from '../../../../submit/errors.js';
import { parseJobFile } from '../../../../submit/job/job-file.js';

/** What is said of a job file, with where. */
function problemsOf(text: string) {
  try {
    parseJobFile('a.elt.yaml', text);
  } catch (error) {
    if (!isFailure(error, 'job-file-invalid')) throw error;
    return error.details.problems.map(({ line, message, accepted }) => ({ line, message, accepted }));
  }
  return [];
}

const START = 'input: { files: a.csv }\noutput: { path: out }\n';

describe('a trap of YAML', () => {
  it.each([
    ['csv: { delimiter: | }\n', 'the text in quotes: "|"'],
    ['csv:\n  delimiter: |\n', 'the text in quotes: "|"'],
    ['csv: { delimiter: % }\n', 'the text in quotes: "%"'],
    ['csv: { comment: # }\n', 'the text in quotes: "#" alone starts a comment'],
    ["csv: { quote: ' }\n", `a quote as a text in the other quotes: "'" or '"'`],
    ['columns: { 007: upper }\n', 'the key in quotes: "007"'],
    ['columns:\n  null: upper\n', 'the key in quotes: "null"'],
    ['columns:\n  1.0: upper\n', 'the key in quotes: "1.0"'],
    ['columns:\n  True: upper\n', 'the key in quotes: "True"'],
  ])('%j gets the remedy %s', (more, accepted) => {
    expect(problemsOf(`${START}${more}`)).toEqual([expect.objectContaining({ accepted })]);
  });
  it.each([
    ['{ files: [raw/{a,b}.csv] }', 'a pattern with braces or brackets in quotes: "raw/{a,b}.csv"'],
    ['{ files: raw/{a,b}/*.csv }', 'a pattern with braces or brackets in quotes: "raw/{a,b}/*.csv"'],
    ['{ files: [raw/[ab].csv] }', 'a pattern with braces or brackets in quotes: "raw/[ab].csv"'],
    ['\n  files:\n  - {a,b}.csv\n', 'a pattern with braces or brackets in quotes: "{a,b}.csv"'],
    ['{ files: *.csv }', 'a text that starts with * in quotes: "*.csv"'],
  ])('input %j gets the remedy %s', (input, accepted) => {
    const problems = problemsOf(`input: ${input}\noutput: { path: out }\n`);
    expect(problems).toEqual([expect.objectContaining({ accepted })]);
  });
  it('that a comment leaves nothing says so', () => {
    expect(problemsOf(`${START}csv:\n  comment: #\n`)).toEqual([
      {
        line: 4,
        message: 'nothing where text is expected',
        accepted:
          'text; in quotes, if it is null, ~ or starts with #, which YAML takes for nothing or a comment',
      },
    ]);
  });
  it('is none where a key means what it says', () => {
    expect(problemsOf(`${START}columns: { 2015: upper, "007": upper, true: upper, yes: upper }\n`)).toEqual(
      [],
    );
    expect(problemsOf(`input: { files: a.csv }\noutput: { path: o, csv: { null: NULL } }\n`)).toEqual([]);
  });
});
