import { describe, expect, it } from 'vitest';
import { acceptedDays, daysAfter, daysBetween, parseDay } from '../../../../submit/config/days.js';
import { parseJobFile } from '../../../../submit/job/job-file.js';
import { planJob } from '../../../../submit/job/plan.js';
import { hasDate, misspelledDates, withDate } from '../../../../submit/job/sections/date.js';

const AROUND = { jobFile: '/jobs/a.elt.yaml', cwd: '/here', cpuCount: 1, today: '2026-03-01' };
const settingsOf = (text: string, date?: string) =>
  planJob(
    parseJobFile('a.elt.yaml', text),
    date === undefined ? {} : { date: { texts: [date], origin: { from: 'flag', name: '--date' } } },
    AROUND,
  ).settings;

describe('a day', () => {
  it('is one of the calendar, or a word', () => {
    expect(parseDay('2024-02-29', '2026-03-01')).toBe('2024-02-29');
    expect(parseDay(' Yesterday', '2026-03-01')).toBe('2026-02-28');
    expect(parseDay('today', '2026-03-01')).toBe('2026-03-01');
    for (const wrong of ['2026-02-29', '2026-13-01', '26-01-01', '2026-1-1', '', 'tomorrow']) {
      expect(parseDay(wrong, '2026-03-01')).toBeUndefined();
    }
  });

  it('that the calendar does not have is told from a text that is no day at all', () => {
    expect(acceptedDays('2026-11-31')).toMatch(/; November has 30 days$/);
    expect(acceptedDays('2026-02-29')).toMatch(/; February 2026 has 28 days$/);
    expect(acceptedDays('2024-02-30')).toMatch(/; February 2024 has 29 days$/);
    expect(acceptedDays('2026-13-01')).toMatch(/; there is no month 13$/);
    expect(acceptedDays('2026-11-00')).toMatch(/; there is no day 00$/);
    expect(acceptedDays('tomorrow')).toBe('a day such as 2026-11-25, today or yesterday');
  });

  it('has days before and after it, over ends of months and changes of clocks', () => {
    expect(daysAfter('2026-12-31', 1)).toBe('2027-01-01');
    expect(daysBetween('2026-03-28', '2026-03-30')).toEqual(['2026-03-28', '2026-03-29', '2026-03-30']);
    expect(daysBetween('2026-03-30', '2026-03-28')).toEqual([]);
  });
});

describe('a path with a date', () => {
  it.each([
    ['raw/{yyyy}-{MM}-{dd}/*.csv', 'raw/2026-03-01/*.csv'],
    ['raw/{yyyyMMdd}.csv', 'raw/20260301.csv'],
    ['raw/{yyyy/MM/dd}/{a,b}.csv', 'raw/2026/03/01/{a,b}.csv'],
    ['{dd}.{MM}.{yyyy}', '01.03.2026'],
  ])('%s has the day in its places', (path, dated) => {
    expect(hasDate(path)).toBe(true);
    expect(withDate(path, '2026-03-01')).toBe(dated);
  });

  it.each(['raw/*.csv', 'raw/{yyyy,MM}', 'raw/{y}', 'raw/\\{yyyy}', 'raw/{yyyymmdd}'])(
    '%s has none and stays as it is',
    (path) => {
      expect(hasDate(path)).toBe(false);
      expect(withDate(path, '2026-03-01')).toBe(path);
    },
  );
});

describe('what looks like a date in a path', () => {
  it.each([
    ['raw/{YYYY}-{mm}-{DD}/*.csv', ['{yyyy}', '{MM}', '{dd}']],
    ['raw/{yyyy}/{mm}/{dd}', ['{MM}']],
    ['raw/{yyyymmdd}.csv', ['{yyyyMMdd}']],
    ['raw/{YYYY-MM-DD}.csv', ['{yyyy-MM-dd}']],
    ['raw/{year}/{month}/{Day}', ['{yyyy}', '{MM}', '{dd}']],
    ['raw/{date}.csv', ['{yyyy-MM-dd}']],
    ['raw/{yy}{m}{d}.csv', ['{yyyy}', '{MM}', '{dd}']],
    ['raw/{yyyy-MM-dd-HH}.csv', [null]],
  ])('%s is told with what was meant', (path, meant) => {
    expect(misspelledDates(path).map((one) => one.meant)).toEqual(meant);
  });

  it.each([
    'raw/{yyyy}-{MM}-{dd}',
    'raw/{yyyyMMdd}',
    'raw/{mm,dd}',
    'raw/\\{YYYY}',
    'raw/{sales}',
    '{monday}',
  ])('%s is left alone', (path) => {
    expect(misspelledDates(path)).toEqual([]);
  });

  it('is refused at its line of the job file, and in a flag', () => {
    const job = 'input:\n  files:\n    - a.csv\n    - raw/{YYYY}.csv\noutput: { path: "out/{mm}" }\n';
    expect(() => settingsOf(job)).toThrow(
      expect.objectContaining({
        code: 'job-file-invalid',
        details: expect.objectContaining({
          problems: [
            expect.objectContaining({ line: 4, given: '{YYYY}', nearest: '{yyyy}' }),
            expect.objectContaining({ line: 5, key: 'output.path', nearest: '{MM}' }),
          ],
        }),
      }),
    );
    const flagged = () =>
      planJob(
        parseJobFile('a.elt.yaml', 'input: { files: a.csv }\noutput: { path: out }\n'),
        { 'input.files': { texts: ['raw/{DD}.csv'], origin: { from: 'flag', name: '--input' } } },
        AROUND,
      );
    expect(flagged).toThrow(
      expect.objectContaining({ code: 'usage', hint: expect.stringContaining('Did you mean {dd}?') }),
    );
  });
});

describe('the day of a job', () => {
  const JOB = 'input: { files: "raw/{yyyy}-{MM}-{dd}/*.csv" }\noutput: { path: "out/day={yyyy-MM-dd}" }\n';

  it('is today, or what was asked for, in the paths of input and output', () => {
    const today = settingsOf(JOB);
    expect(today.date).toEqual({ value: '2026-03-01', origin: { from: 'default' } });
    expect(today['input.files'].value.patterns).toEqual(['raw/2026-03-01/*.csv']);
    expect(today['output.path'].value).toBe('/jobs/out/day=2026-03-01');
    expect(settingsOf(JOB, 'yesterday')['output.path'].value).toBe('/jobs/out/day=2026-02-28');
  });

  it('is nothing where no path has it, and can not be asked for there', () => {
    const plain = 'input: { files: a.csv }\noutput: { path: out }\n';
    expect(settingsOf(plain)).not.toHaveProperty('date');
    expect(() => settingsOf(plain, 'today')).toThrow(
      expect.objectContaining({
        code: 'usage',
        details: expect.objectContaining({ problem: expect.stringContaining('no path of the job') }),
      }),
    );
    expect(() => settingsOf(JOB, '2026-02-30')).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
