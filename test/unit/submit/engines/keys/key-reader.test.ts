import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRecords } from '../../../../../mapper/records/csv-reader.js';
import { writeRecords } from '../../../../../mapper/records/csv-writer.js';
import { isHeader } from '../../../../../mapper/records/header.js';
import type { KeyLayout } from '../../../../../submit/engines/engine.js';
import { fieldsOfKey } from '../../../../../submit/engines/keys/key-form.js';
import { KeyReader } from '../../../../../submit/engines/keys/key-reader.js';
import { mapperPlan, runMapperOn } from '../../../../support/mapper-harness.js';

/** The keys of a text, read in chunks of a size. */
function keysOf(bytes: Buffer, layout: Partial<KeyLayout> & Pick<KeyLayout, 'key'>, chunkBytes = 7) {
  const keys: Buffer[] = [];
  const full = { delimiter: ',', names: null, ...layout };
  const reader = new KeyReader(full, (form) => keys.push(Buffer.from(form)));
  for (let at = 0; at < bytes.length; at += chunkBytes) reader.push(bytes.subarray(at, at + chunkBytes));
  reader.end();
  return keys;
}

const fieldsIn = (text: string, layout: Partial<KeyLayout> & Pick<KeyLayout, 'key'>) =>
  keysOf(Buffer.from(text), layout).map(fieldsOfKey);

describe('the reader of keys', () => {
  it('takes the columns of the key in its order', () => {
    expect(fieldsIn('a,b,c\n1,2,3\n', { key: [2, 0] })).toEqual([
      ['c', 'a'],
      ['3', '1'],
    ]);
  });

  it('skips each record that equals the header, wherever it stands', () => {
    const names = ['id', 'a name', 'with, comma'];
    const text = 'id,a name,"with, comma"\n1,x,y\nid,a name,"with, comma"\n2,x,y\n';
    expect(fieldsIn(text, { key: [0], names })).toEqual([['1'], ['2']]);
  });

  it('knows a header that is not in UTF-8', () => {
    const bytes = Buffer.from('Größe,b\n1,2\n', 'latin1');
    expect(keysOf(bytes, { key: [0], names: ['Größe', 'b'] })).toEqual([Buffer.from('1')]);
  });

  it('takes a header for data where the job has no names', () => {
    expect(fieldsIn('id\n1\n', { key: [0] })).toEqual([['id'], ['1']]);
  });

  it('takes a field that a record lacks for an empty one', () => {
    expect(fieldsIn('1\n2,\n3,x\n\n', { key: [1] })).toEqual([[''], [''], ['x'], ['']]);
  });

  it('keeps quoted line breaks, quotes, delimiters, tabs and backslashes apart', () => {
    const text = '"a\nb","x""y"\n"a,b",\\;\n"a\tb",\\\\\n';
    expect(fieldsIn(text, { key: [0, 1] })).toEqual([
      ['a\nb', 'x"y'],
      ['a,b', '\\;'],
      ['a\tb', '\\\\'],
    ]);
  });

  it('passes over malformed lines', () => {
    expect(fieldsIn('1,a\n"2"x,b\n3,c\n', { key: [0] })).toEqual([['1'], ['3']]);
  });

  it('reads delimiters of several bytes, and fields that are all quoted', () => {
    const names = ['id', 'a name'];
    expect(fieldsIn('id||a name\n1||x\n2||"x||y"\n||z\n', { key: [1, 0], names, delimiter: '||' })).toEqual([
      ['x', '1'],
      ['x||y', '2'],
      ['z', ''],
    ]);
    expect(fieldsIn('id¦a name\n1¦é\n', { key: [1], names, delimiter: '¦' })).toEqual([['é']]);
    const quoted = { key: [0], names, form: { quote: 'all' } } as const;
    expect(fieldsIn('"id","a name"\n"1","x"\n', quoted)).toEqual([['1']]);
    // Not how it is written.
    expect(fieldsIn('id,a name\n', quoted)).toEqual([['id']]);
  });

  it('takes the text for null for an empty field, but not a quoted one', () => {
    const layout = { key: [0, 1], names: ['-', 'b'], form: { null: '-' } } as const;
    expect(fieldsIn('-,b\n-,"-"\n"-",-\n"",-x\n', layout)).toEqual([
      ['', '-'],
      ['-', ''],
      ['', '-x'],
    ]);
    expect(
      fieldsIn('NULL;-\n', { key: [0, 1], delimiter: ';', form: { quote: 'all', null: 'NULL' } }),
    ).toEqual([['', '-']]);
  });

  it('knows headers that are spelt in other ways, where they are written as they were met', () => {
    const layout = { key: [0], names: ['Id', 'A name'], form: { headerMatch: 'loose' } } as const;
    expect(fieldsIn('id, a NAME\n1,x\n Id,A name\nidentity,x\n', layout)).toEqual([['1'], ['identity']]);
  });

  it('gives what the mapper has written, in any form', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', ',', '|', '\n', '-', 'é', ' '), maxLength: 4 });
    const records = fc.array(fc.array(text, { minLength: 3, maxLength: 3 }), { maxLength: 12 });
    const forms = fc.record({
      delimiter: fc.constantFrom(',', '|', '||', 'é'),
      quote: fc.constantFrom('minimal' as const, 'all' as const),
      null: fc.constantFrom('', '-', 'a'),
    });
    fc.assert(
      fc.property(records, forms, (written, { delimiter, quote, null: nullText }) => {
        const names = ['n1', 'a', 'n"3'];
        const style = {
          delimiter,
          ...(quote === 'all' ? { quote } : {}),
          ...(nullText === '' ? {} : { null: nullText }),
        };
        const plan = mapperPlan({ csv: { names }, output: { header: 'every-part', csv: style } });
        const bytes = (texts: readonly string[]) => texts.map((one) => Buffer.from(one).toString('latin1'));
        const input = writeRecords(written.map(bytes), ',');
        const { output } = runMapperOn({ ...plan, csv: { ...plan.csv, quotedLineBreaks: 'yes' } }, input);
        const { delimiter: between, ...form } = style;
        const keys = keysOf(Buffer.from(output, 'latin1'), {
          key: [2, 0, 1],
          names,
          delimiter: between,
          form,
        });
        expect(keys.map(fieldsOfKey)).toEqual(written.map(([a = '', b = '', c = '']) => [c, a, b]));
      }),
      { numRuns: 300 },
    );
  });

  it('gives the fields that csv-parse reads, and different forms to different keys', () => {
    const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\\', '\t', ';', 'é', 't', ' ') });
    const records = fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { maxLength: 12 });
    fc.assert(
      fc.property(
        records,
        fc.array(fc.nat(4), { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 40 }),
        (written, key, hasHeader, chunkBytes) => {
          const byteStrings = written.map((fields) =>
            fields.map((text) => Buffer.from(text).toString('latin1')),
          );
          const bytes = Buffer.from(writeRecords(byteStrings, ','), 'latin1');
          const names = hasHeader ? (written[0] ?? null) : null;
          const expected = readRecords(bytes, ',')
            .filter((fields) => names === null || !isHeader(fields, names))
            .map((fields) => key.map((index) => Buffer.from(fields[index] ?? '', 'latin1').toString()));
          const keys = keysOf(bytes, { key, names }, chunkBytes);
          expect(keys.map(fieldsOfKey)).toEqual(expected);
          const forms = new Set(keys.map((form) => form.toString('latin1')));
          expect(forms.size).toBe(new Set(expected.map((fields) => JSON.stringify(fields))).size);
          for (const form of keys) expect(form.toString('latin1')).not.toMatch(/[\t\r\n]/);
        },
      ),
      { numRuns: 500 },
    );
  });
});
