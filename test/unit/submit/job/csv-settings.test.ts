import { describe, expect, it } from 'vitest';
import { parseJobFile } from '../../../../submit/job/job-file.js';
import { agreeOnHeader, mapperPlanOf, planJob } from '../../../../submit/job/plan.js';

const planOf = (csv: string, output = 'path: out') =>
  planJob(
    parseJobFile('job.yaml', `input: { files: a.csv }\ncsv: ${csv}\noutput: { ${output} }\ncolumns: {}\n`),
    {},
    { jobFile: '/jobs/job.yaml', cwd: '/here', cpuCount: 4 },
  );
const mapperOf = (...given: Parameters<typeof planOf>) => {
  const plan = planOf(...given);
  const {
    names: _names,
    header: _header,
    quotedLineBreaks: _breaks,
    maxRecordBytes: _max,
    ...csv
  } = mapperPlanOf(plan, { ...agreeOnHeader(plan, []), quotedLineBreaks: 'auto', firstYear: 2026 }).csv;
  return csv;
};

describe('csv in a job file', () => {
  it('leaves out of the mapper what is usual, so that plans of before stay the same', () => {
    expect(mapperOf('{ delimiter: ",", quote: \'"\', escape: double, lenientQuotes: false }')).toEqual({
      delimiter: ',',
    });
    expect(mapperOf('{ skipLines: 0, headerMatch: exact }')).toEqual({ delimiter: ',' });
  });
  it.each([
    ['tab', '\t'],
    ["'\\t'", '\t'],
    ['pipe', '|'],
    ['semicolon', ';'],
    ['comma', ','],
    ["'\\x01'", '\u0001'],
    ["'\\001'", '\u0001'],
    ["'\\u00a6'", '¦'],
    ['"||"', '||'],
  ])('takes the delimiter %s', (given, delimiter) => {
    expect(mapperOf(`{ delimiter: ${given} }`)).toEqual({ delimiter });
  });
  it('takes words that YAML reads as nothing or a number for texts of nulls', () => {
    expect(mapperOf("{ nulls: [NULL, ~, 0, 1.0, true, '\\N'] }").nulls).toEqual([
      'NULL',
      '~',
      '0',
      '1.0',
      'true',
      '\\N',
    ]);
    expect(mapperOf('{ nulls: NULL }').nulls).toEqual(['NULL']);
  });
  it('takes a preset alone, or with keys that change it, and says where each value is from', () => {
    expect(mapperOf('mysql')).toEqual({ delimiter: '\t', quote: null, escape: 'backslash', nulls: ['\\N'] });
    expect(mapperOf('hive')).toEqual({
      delimiter: '\u0001',
      quote: null,
      escape: 'backslash',
      nulls: ['\\N'],
    });
    expect(mapperOf('postgres')).toEqual({ delimiter: ',', nulls: [''] });
    expect(mapperOf('excel')).toEqual({ delimiter: ',' });
    expect(mapperOf('{ preset: mysql, delimiter: ";", quote: "\'" }')).toEqual({
      delimiter: ';',
      quote: "'",
      escape: 'backslash',
      nulls: ['\\N'],
    });
    const { settings } = planOf('{ preset: mysql,\n  delimiter: ";" }');
    expect(settings['csv.delimiter']).toEqual({ value: ';', origin: { from: 'job file', line: 3 } });
    expect(settings['csv.escape']).toEqual({ value: 'backslash', origin: { from: 'job file', line: 2 } });
    expect(settings['csv.header'].origin).toEqual({ from: 'default' });
  });
  it('has the characters of an encoding of single bytes baked in, whatever Node makes of it', () => {
    const { encoding } = mapperOf('{ encoding: latin1 }');
    expect(encoding?.label).toBe('windows-1252');
    expect(encoding?.upperHalf?.length).toBe(128);
    // 0x80, 0x92, 0x9f, 0xe9, 0xff by the WHATWG's index of windows-1252.
    expect([0, 0x12, 0x1f, 0x69, 0x7f].map((at) => encoding?.upperHalf?.[at]).join('')).toBe('€’Ÿéÿ');
    expect(mapperOf('{ encoding: koi8-r }').encoding?.upperHalf?.[0x40]).toBe('ю');
    expect(mapperOf('{ encoding: Shift_JIS }').encoding).toEqual({ label: 'shift_jis' });
  });
  it.each([
    ['{ encoding: windows-9999 }', 'csv.encoding'],
    ['{ encoding: iso-2022-jp }', 'csv.encoding'],
    ['{ quote: ab }', 'csv.quote'],
    ['{ quote: a }', 'csv.quote'],
    ['{ delimiter: "" }', 'csv.delimiter'],
    ["{ comment: '\"' }", 'csv.comment'],
    ['{ skipLines: -1 }', 'csv.skipLines'],
    ['{ nulls: [] }', 'csv.nulls'],
    ['exel', 'csv'],
  ])('refuses %s', (csv, key) => {
    expect(() => planOf(csv)).toThrow(
      expect.objectContaining({
        code: 'job-file-invalid',
        details: expect.objectContaining({ problems: [expect.objectContaining({ key })] }),
      }),
    );
  });
});

describe('output.csv', () => {
  it.each([
    ['{}', "null: 'a,b'"],
    ['{ delimiter: ; }', "null: ';'"],
    ['mysql', 'null: "\\t"'],
    ['{}', "delimiter: '||', null: '|'"],
    // In quotes it would not be null.
    ["{ comment: '#' }", "null: '#N/A'"],
  ])(
    'takes no text for null that has the delimiter in it, or starts like a comment: %s, %s',
    (csv, style) => {
      expect(() => planOf(csv, `path: out, csv: { ${style} }`)).toThrow(
        expect.objectContaining({
          details: expect.objectContaining({
            problems: [expect.objectContaining({ key: 'output.csv.null' })],
          }),
        }),
      );
      expect(() => planOf('{}', "path: out, csv: { delimiter: ;, null: 'a,b' }")).not.toThrow();
      expect(() => planOf("{ comment: '#' }", "path: out, csv: { null: 'N#A' }")).not.toThrow();
    },
  );

  const styleOf = (csv: string) => {
    const plan = planOf('{}', `path: out, csv: ${csv}`);
    return mapperPlanOf(plan, { ...agreeOnHeader(plan, []), quotedLineBreaks: 'auto', firstYear: 2026 })
      .output.csv;
  };
  it('takes a bare null as key and as text', () => {
    expect(styleOf('{ delimiter: tab, quote: all, null: NULL }')).toEqual({
      delimiter: '\t',
      quote: 'all',
      null: 'NULL',
    });
    expect(styleOf("{ null: '\\N' }")).toEqual({ null: '\\N' });
    expect(styleOf('{ quote: minimal }')).toBeUndefined();
  });
});
