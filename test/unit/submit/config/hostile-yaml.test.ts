import { describe, expect, it } from 'vitest';
import { isFailure } from '../../../../submit/errors.js';
import { parseJobFile } from '../../../../submit/job/job-file.js';
import { planJob } from '../../../../submit/job/plan.js';

const START = 'input: { files: a.csv }\noutput: { path: out }\n';
const AROUND = { jobFile: '/jobs/a.elt.yaml', cwd: '/here', cpuCount: 4 };

/** The details of the failure, and the seconds it took. */
function refusalOf(text: string) {
  const startMs = performance.now();
  try {
    planJob(parseJobFile('a.elt.yaml', text), {}, AROUND);
  } catch (error) {
    if (!isFailure(error, 'job-file-invalid')) throw error;
    return { ...error.details, seconds: (performance.now() - startMs) / 1000 };
  }
  throw new Error('It was accepted');
}

const lines = (count: number, line: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => line(at)).join('');

describe('a job file that somebody made to hurt', () => {
  // Before, 20,000 keys took minutes: the time grew with the square of their number.
  it.each([
    ['unknown keys', `${START}${lines(12_000, (at) => `k${at}: 1\n`)}`],
    ['unknown rules', `${START}columns:\n${lines(11_000, (at) => `  k${at}: uper\n`)}`],
    [
      'columns that are not there',
      `${START}csv: { columns: [${lines(9_000, (at) => `c${at},`)}] }\ncolumns:\n${lines(9_000, (at) => `  k${at}: upper\n`)}`,
    ],
  ])('has problems by the thousand: %s', (_what, text) => {
    const { problems, unnamed, seconds } = refusalOf(text);
    expect(problems).toHaveLength(50);
    expect(unnamed).toBeGreaterThan(8000);
    expect(seconds).toBeLessThan(60);
  });

  // Parsing is one piece of work, in which no signal is heard: before, these took up to 40 s and a gigabyte.
  it.each([
    ['unknown keys', `${START}${lines(300_000, (at) => `k${at}:\n`)}`],
    ['rules', `${START}columns:\n${lines(60_000, (at) => ` k${at}: upper\n`)}`],
    ['values of another kind', `input: { files: [${'1,'.repeat(400_000)}1] }\n`],
    ['keys in one line', `${START}x: {${'a,'.repeat(400_000)}a}\n`],
    ['errors', `${START}${'\t}\n'.repeat(300_000)}`],
    ['escapes', `${START}x: "${'\\x'.repeat(400_000)}"\n`],
    ['comments', `${START}${'#\n'.repeat(400_000)}`],
  ])('is refused before it is parsed: too many %s', (_what, text) => {
    const { problems, seconds } = refusalOf(text);
    expect(problems).toMatchObject([
      {
        message: expect.stringContaining(
          'words and signs, far more than anybody writes: name the right file',
        ),
      },
    ]);
    expect(seconds).toBeLessThan(5);
  });

  it('holds itself, or far more than it shows', () => {
    const nine = (at: number) => `a${at}: &a${at} [${`*a${at - 1},`.repeat(9)}]\n`;
    for (const [text, message] of [
      ['a: &a [*a]\n', 'not valid YAML: *a stands for a part that it lies in'],
      ['a: &a { b: [*a] }\n', 'not valid YAML: *a stands for a part that it lies in'],
      [`a0: &a0 [x]\n${lines(9, (at) => nine(at + 1))}`, expect.stringContaining('alias')],
      [`l: &l [x]\nm:\n${' - *l\n'.repeat(2000)}`, 'not valid YAML: more than 1000 aliases'],
    ] as const) {
      expect(refusalOf(START + text).problems[0]).toMatchObject({ message });
    }
  });

  it('is nested more deeply than anything can be read', () => {
    const { problems } = refusalOf(`${START}a: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`);
    expect(problems[0]?.message).toContain('not valid YAML');
  });

  it('has a key twice', () => {
    expect(refusalOf(`${START}name: a\nname: b\n`).problems).toMatchObject([
      { line: 4, column: 1, message: 'not valid YAML: Map keys must be unique' },
    ]);
  });
});
