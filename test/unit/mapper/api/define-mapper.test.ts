import { describe, expect, it } from 'vitest';
import {
  date,
  defineMapper,
  fn,
  invalid,
  lower,
  MapperDefinitionError,
  type MapperOptions,
  mask,
  required,
  round,
  trim,
  upper,
} from '../../../../mapper/index.js';
import { linesTold, REJECTS_HEADER, runMapperOn, taskAt } from '../../../support/mapper-harness.js';

describe('defineMapper', () => {
  it('has the defaults of a job file', () => {
    expect(defineMapper({ columns: {} })).toEqual({
      name: 'mapper',
      csv: { delimiter: ',', header: true, names: null, quotedLineBreaks: 'auto', maxRecordBytes: 67108864 },
      columns: [],
      records: { wrongFieldCount: 'pass', malformed: 'fail' },
      output: { header: 'every-part' },
    });
  });
  it('takes data with given columns for data without a header', () => {
    const { csv, output } = defineMapper({ csv: { columns: ['a'] }, columns: {} });
    expect([csv.header, csv.names, output.header]).toEqual([false, ['a'], 'drop']);
    const named = defineMapper({ csv: { columns: ['a'] }, columns: {}, output: { header: 'every-part' } });
    expect(runMapperOn(named, 'x\n').output).toBe('a\nx\n');
  });
  it('maps with the same rules as a job file', () => {
    const mapper = defineMapper({
      csv: { delimiter: ';' },
      columns: {
        up: upper(),
        '[1]': [trim(), lower()],
        when: date({ from: ['M/d/yyyy', 'yyyy-MM-dd'], to: 'd.M.yyyy', invalid: 'never' }),
        price: round({ places: 1, mode: 'up', onInvalid: 'blank' }),
      },
    });
    const input = 'up;low;when;price\na; B ;2020-02-03;1.01\na;B;x;y\n';
    expect(runMapperOn(mapper, input).output).toBe('up;low;when;price\nA;b;3.2.2020;1.1\nA;b;never;\n');
  });

  it('takes rules in the words of a job file', () => {
    const mapper = defineMapper({
      columns: {
        up: 'upper',
        low: ['trim', { lower: { onInvalid: 'keep' } }],
        price: { round: { places: 1, invalid: 'none' } },
      },
    });
    expect(runMapperOn(mapper, 'up,low,price\na, B ,1.25\na,b,x\n').output).toBe(
      'up,low,price\nA,b,1.2\nA,b,none\n',
    );
  });

  it.each<[string, () => unknown, string]>([
    [
      'an unknown option',
      () => ({ columns: {}, column: {} }),
      'defineMapper: "column" is not an option; known: name,',
    ],
    ['no options', () => null, 'defineMapper: got null'],
    ['no columns', () => ({}), 'columns is undefined; give an object'],
    ['no delimiter', () => ({ columns: {}, csv: { delimiter: '' } }), 'csv.delimiter is ""'],
    ['a quote as delimiter', () => ({ columns: {}, csv: { delimiter: '"' } }), 'csv.delimiter is'],
    ['no column names', () => ({ columns: {}, csv: { columns: [] } }), 'csv.columns is []'],
    [
      'an unknown action',
      () => ({ columns: {}, records: { malformed: 'skip' } }),
      'records.malformed is "skip"; give "pass" or "reject" or "fail"',
    ],
    [
      'to pad malformed lines',
      () => ({ columns: {}, records: { malformed: 'pad' } }),
      'records.malformed is "pad"; give "pass" or "reject" or "fail"',
    ],
    [
      'to pad records of which nobody knows the width',
      () => ({ columns: {}, csv: { header: false }, records: { wrongFieldCount: 'pad' } }),
      'records.wrongFieldCount is "pad", but the data have no header',
    ],
    [
      'a text for null with the delimiter in it',
      () => ({ columns: {}, csv: { delimiter: ';' }, output: { csv: { null: 'a;b' } } }),
      'output.csv.null is "a;b"; it is written without quotes',
    ],
    [
      'a text for null that starts like a comment',
      () => ({ columns: {}, csv: { comment: '#' }, output: { csv: { null: '#N/A' } } }),
      'output.csv.null is "#N/A", which starts like a comment',
    ],
    ['a limit of 0', () => ({ columns: {}, csv: { maxRecordBytes: 0 } }), 'csv.maxRecordBytes is 0'],
    ['an unknown rule', () => ({ columns: { a: 'uper' } }), 'columns["a"] is "uper"; give upper()'],
    [
      'two rules in one',
      () => ({ columns: { a: { upper: {}, trim: {} } } }),
      'columns["a"] is {"upper":{},"trim":{}}; give upper()',
    ],
    [
      'a rule without its options',
      () => ({ columns: { a: 'round' } }),
      'round: places is undefined; give a whole',
    ],
    ['a maker not called', () => ({ columns: { a: [null] } }), 'columns["a"] is null'],
    [
      'a bad pattern',
      () => ({ columns: { a: date({ from: 'M/D/yyyy', to: 'yyyy' }) } }),
      'date: from is "M/D/yyyy". "D" in a date pattern is not supported; accepted: yyyy',
    ],
    ['no pattern', () => ({ columns: { a: date({ from: [], to: 'yyyy' }) } }), 'date: from is []'],
    ['places below 0', () => round({ places: -1 }), 'round: places is -1'],
    [
      'an unknown mode',
      () => round({ places: 1, mode: 'bankers' as 'up' }),
      'round: mode is "bankers"; give one of half-even',
    ],
    [
      'marker and action',
      () => upper({ invalid: 'x', onInvalid: 'keep' }),
      'upper: invalid and onInvalid are both given',
    ],
    ['an unknown action of a rule', () => trim({ onInvalid: 'drop' as 'keep' }), 'trim: onInvalid is "drop"'],
    ['a marker that is no text', () => lower({ invalid: 0 as never }), 'lower: invalid is 0'],
    ['no function', () => fn('x' as never), 'fn: got "x"'],
  ])('refuses %s', (_, options, message) => {
    const define = () => defineMapper(options() as MapperOptions);
    expect(define).toThrow(MapperDefinitionError);
    expect(define).toThrow(message);
  });
});

it('pads records, of data whose columns are hidden too', () => {
  const mapper = defineMapper({
    columns: { b: [required({ onInvalid: 'reject' }), mask({ keepLast: 1 })] },
    records: { wrongFieldCount: 'pad' },
  });
  expect(runMapperOn(mapper, 'a,b\nx,yz,\n\nsecret\n').output).toBe('a,b\nx,*z\n');
  expect(runMapperOn(mapper, 'a,b\nx\nx,secret,y\n', { emit: 'rejects' }).output).toBe(
    `${REJECTS_HEADER}-,2,b,required,***,empty,"***"\n-,3,,records.wrongFieldCount,,wrong field count: 3 instead of 2,"***"\n`,
  );
});

describe('a function of the user', () => {
  it('takes and returns text, written as UTF-8 with LF line ends', () => {
    const mapper = defineMapper({ columns: { a: (text) => `${text}é\r\n"x"\r` } });
    expect(runMapperOn(mapper, 'a\n\xc3\xa4\n').output).toBe('a\n"\xc3\xa4\xc3\xa9\n""x""\n"\n');
  });
  it('sees the original texts of its record, also after other rules', () => {
    const mapper = defineMapper({
      columns: {
        a: upper(),
        b: [
          upper(),
          (text, record) =>
            [text, record.get('a'), record.get(1), ...record.fields, record.lineNumber].join('|'),
        ],
      },
    });
    expect(runMapperOn(mapper, 'a,b\nx\xe9,y\n').output).toBe('a,b\nX\xe9,Y|x\xc3\xa9|y|x\xc3\xa9|y|2\n');
  });
  it('may call a value invalid: kept by default, or what fn says', () => {
    const no = () => invalid('never good');
    const mapper = defineMapper({ columns: { a: no, b: fn(no, { invalid: 'bad' }) } });
    expect(runMapperOn(mapper, 'a,b\nx,y\n')).toMatchObject({
      output: 'a,b\nx,bad\n',
      counts: { invalid: { a: 1, b: 1 } },
    });
    const rejecting = defineMapper({ columns: { a: fn(no, { onInvalid: 'reject' }) } });
    expect(runMapperOn(rejecting, 'a\nx\n', { emit: 'rejects' }).output).toBe(
      `${REJECTS_HEADER}-,2,a,no,x,never good,"x"\n`,
    );
  });
  it('is not called for a field that is not UTF-8: that is invalid', () => {
    const mapper = defineMapper({ columns: { a: fn(() => 'called', { invalid: 'bad' }) } });
    expect(runMapperOn(mapper, 'a\n\xe9\n').output).toBe('a\nbad\n');
  });
  it('that throws stops the mapper with its stack and the place', () => {
    const mapper = defineMapper({
      columns: {
        a: function addTax() {
          throw new TypeError('no such rate');
        },
      },
    });
    const { failure } = runMapperOn(mapper, 'a\nx\n', { task: taskAt(0) });
    expect(failure?.code).toBe('user-function');
    expect(linesTold(failure)[0]).toBe('Function addTax failed on column "a", value "x"');
    expect(linesTold(failure).slice(1).join('\n')).toMatch(
      /^at line 2 of the split.*\nThe record is "x"\nTypeError: no such rate\n +at addTax/,
    );
  });
  it.each<[unknown, string]>([
    [undefined, 'undefined'],
    [null, 'null'],
    [7, 'number'],
    [Promise.resolve('x'), 'a promise'],
  ])('that returns %s stops the mapper', (value, said) => {
    const { failure } = runMapperOn(defineMapper({ columns: { a: () => value as string } }), 'a\nx\n');
    expect(failure?.code).toBe('user-function');
    expect(linesTold(failure).join('\n')).toContain(`It returned ${said}, not a string`);
  });
  it('that asks for a column which is not there is told so', () => {
    const { failure } = runMapperOn(
      defineMapper({ columns: { a: (_, record) => record.get('z') } }),
      'a,b\nx,y\n',
    );
    expect(linesTold(failure).join('\n')).toContain('There is no column "z" in this record; it has a, b');
  });
});
