import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SheetRows } from '../../../../../mapper/records/sheet-rows.js';
import { WorkbookFlaw } from '../../../../../submit/sources/workbook/workbook-flaw.js';
import type { SheetRead, WorkbookReading } from '../../../../../submit/sources/workbook/workbook-reading.js';
import { workbookText } from '../../../../../submit/sources/workbook/workbook-text.js';
import type { ByteRange } from '../../../../../submit/stores/store.js';
import { type Cell, partsOfWorkbook, writeWorkbook, writeZip } from '../../../../support/write-workbook.mjs';

const PLAIN: WorkbookReading = {
  ...{ delimiter: ',', quote: '"', hasBackslashEscapes: false, comment: null },
  ...{ sheet: null, headerRow: null, skippedLines: 0, width: null, decimalSigns: {} },
};

async function read(bytes: Buffer, reading: Partial<WorkbookReading> = {}, chunkBytes = 1 << 20) {
  const store = {
    async *read(_path: string, { start = 0, end = bytes.length }: ByteRange = {}) {
      for (let at = start; at < end; at += chunkBytes) {
        yield Buffer.from(bytes.subarray(at, Math.min(end, at + chunkBytes)));
      }
    },
  };
  const file = { path: 'book.xlsx', sizeBytes: bytes.length };
  const chunks: Uint8Array[] = [];
  let sheet = null as SheetRead | null;
  for await (const chunk of workbookText(store, file, { ...PLAIN, ...reading }, (found) => {
    sheet = found;
  })) {
    chunks.push(chunk);
  }
  return { text: Buffer.concat(chunks).toString(), sheet };
}

const rowsOf = (...rows: Cell[][]) => [{ name: 'Sheet1', rows }];
const textOf = async (...rows: Cell[][]) => (await read(writeWorkbook(rowsOf(...rows)))).text;
const xml = (content: string, type?: string, style?: number): Cell => ({
  xml: content,
  ...(type === undefined ? {} : { type }),
  ...(style === undefined ? {} : { style }),
});
const flawOf = async (bytes: Buffer, reading: Partial<WorkbookReading> = {}) => {
  const error = await read(bytes, reading).catch((thrown: unknown) => thrown);
  return error instanceof WorkbookFlaw ? `${error.flaw}: ${error.what}` : error;
};
const withPart = (name: string, change: (text: string) => string) => {
  const parts = partsOfWorkbook(rowsOf(['a', 'b'], ['x', 1]));
  return writeZip({ ...parts, [name]: change(parts[name] ?? '') });
};
const SHEET = 'xl/worksheets/sheet1.xml';

describe('the cells of a workbook', () => {
  it('are fields of CSV, with quotes where they need them', async () => {
    expect(await textOf(['a', 'b,c', 'd "e"'], ['two\nlines', ' x ', 'ü€'])).toBe(
      'a,"b,c","d ""e"""\n"two\nlines", x ,ü€\n',
    );
  });

  it('are the same whether texts are shared or stand in the cells', async () => {
    const sheets = rowsOf(['name', 'note'], ['<&>"', 'x'], ['x', '_x000D_ and \r']);
    const shared = await read(writeWorkbook(sheets));
    expect(await read(writeWorkbook(sheets, { inline: true }))).toEqual(shared);
    expect(shared.text).toContain('x,"_x000D_ and \r"\n');
  });

  it('are found whatever the order of the parts, and where a sheet lies', async () => {
    const parts = partsOfWorkbook(rowsOf(['a'], ['x']));
    const expected = (await read(writeZip(parts))).text;
    const reversed = Object.fromEntries(Object.entries(parts).reverse());
    expect((await read(writeZip(reversed))).text).toBe(expected);
    expect((await read(writeZip(parts, { stored: true }))).text).toBe(expected);
    const moved = Object.fromEntries(
      Object.entries(parts).map(([name, text]) => [
        name.replace(SHEET, 'XL\\Worksheets\\Sheet1.XML'),
        text.replace('worksheets/sheet1.xml', '/xl/./worksheets/x/../sheet1.xml'),
      ]),
    );
    expect((await read(writeZip(moved))).text).toBe(expected);
    expect((await read(Buffer.concat([writeZip(parts), Buffer.alloc(500, 'x')]))).text).toBe(expected);
  });

  it('are read with prefixes, without references, in CDATA and in pieces', async () => {
    const bytes = withPart(
      SHEET,
      () => `<?xml version="1.0"?><!-- <row> --><x:worksheet xmlns:x="m"><x:sheetData>
  <x:row><x:c t="str"><x:v>a&#x41;&#66;&amp;</x:v></x:c><x:c t='inlineStr'><x:is><x:r><x:t>one </x:t></x:r><x:rPh sb="0" eb="1"><x:t>no</x:t></x:rPh><x:r><x:t><![CDATA[<two>]]></x:t></x:r></x:is></x:c></x:row>
  <x:row r="9"><x:c><x:v>1</x:v></x:c><x:c r="B9" a="&gt;>"><x:f>A1&lt;2</x:f><x:v>2</x:v></x:c></x:row></x:sheetData><x:extLst><x:c><x:v>no</x:v></x:c></x:extLst></x:worksheet>`,
    );
    for (const chunkBytes of [1, 7, 1 << 20]) {
      expect((await read(bytes, {}, chunkBytes)).text).toBe('aAB&,one <two>\n1,2\n');
    }
  });

  it('are the text in the cell, where a number stands beside it', async () => {
    const cell = '<c t="inlineStr"><v>1.0</v><is><t>1.</t></is></c>';
    const bytes = withPart(
      SHEET,
      () => `<worksheet xmlns="m"><sheetData><row>${cell}${cell}</row></sheetData></worksheet>`,
    );
    expect((await read(bytes)).text).toBe('1.,1.\n');
  });

  it('in UTF-16 are the same', async () => {
    const marked = (text: string) => Buffer.from(`\ufeff${text.replace('UTF-8', 'UTF-16')}`, 'utf16le');
    const parts = partsOfWorkbook(rowsOf(['a', 'ü'], ['x', 1]));
    const bytes = writeZip(
      Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, marked(text)])),
    );
    expect((await read(bytes)).text).toBe('a,ü\nx,1\n');
  });

  it('have values by their types: numbers, booleans, errors, results of formulas', async () => {
    const rows = [
      ['n', 'b', 'e', 'f', 'none'],
      [
        0.1 + 0.2,
        true,
        xml('<v>#N/A</v>', 'e'),
        xml('<f>A1&amp;"x"</f><v>ax</v>', 'str'),
        xml('<f>NOW()</f>'),
      ],
      [
        -0,
        false,
        xml('<f>1/0</f><v>#DIV/0!</v>', 'e'),
        xml('<f>""</f><v></v>', 'str'),
        xml('<f>1+1</f><v>2</v>'),
      ],
    ] satisfies Cell[][];
    const { text, sheet } = await read(writeWorkbook(rowsOf(...rows)));
    expect(text).toBe('n,b,e,f,none\n0.3,TRUE,#N/A,ax,\n0,FALSE,#DIV/0!,,2\n');
    expect(sheet).toEqual({ sheet: 'Sheet1', records: 3, blankRows: 0, uncomputed: 1 });
  });

  it('have dates by their formats, in both date systems, and text where the cell has text', async () => {
    const formats = ['d/m/yyyy h:mm', '[h]:mm', '0.00'];
    const day = new Date('2024-02-29');
    const of = (at: number, style: number) => xml(`<v>${at}</v>`, undefined, style);
    const rows = [
      ['day', 'moment', 'hours', 'number', 'iso'],
      [day, of(45_351.75, 2), of(1.25, 3), of(45_351, 4), xml('<v>2024-02-29T00:00:00</v>', 'd', 1)],
      [
        xml('<is><t>soon</t></is>', 'inlineStr', 1),
        of(45_351, 2),
        of(-1, 3),
        of(-1, 1),
        xml('<v>-1</v>', undefined, 1),
      ],
    ] satisfies Cell[][];
    expect((await read(writeWorkbook(rowsOf(...rows), { formats }))).text).toBe(
      'day,moment,hours,number,iso\n2024-02-29,2024-02-29 18:00:00,30:00:00,45351,2024-02-29\nsoon,2024-02-29 00:00:00,-24:00:00,-1,-1\n',
    );
    expect((await read(writeWorkbook(rowsOf(['day'], [day]), { is1904: true }))).text).toBe(
      'day\n2024-02-29\n',
    );
  });

  it('are not touched by elements of extensions that have the same names', async () => {
    const parts = partsOfWorkbook(rowsOf(['d'], [new Date('2024-02-29')]), { is1904: true });
    const extended = parts['xl/workbook.xml']?.replace(
      '</workbook>',
      '<extLst><ext><x14:workbookPr defaultImageDpi="1"/></ext></extLst></workbook>',
    );
    expect((await read(writeZip({ ...parts, 'xl/workbook.xml': extended ?? '' }))).text).toBe(
      'd\n2024-02-29\n',
    );
  });

  it('keep their columns where cells are missing, and rows without a value are left out', async () => {
    const { text, sheet } = await read(
      writeWorkbook(
        rowsOf(
          [],
          [null, 'b', null, 'd', '', null],
          ['1'],
          [null, null],
          ['', ''],
          [null, null, null, 'x', null, 'y'],
          [],
        ),
      ),
    );
    expect(text).toBe(',b,,d\n1,,,\n,,,x,,y\n');
    expect(sheet).toMatchObject({ records: 3, blankRows: 2 });
  });

  it('begin at the row that the job names, behind as many lines as it skips', async () => {
    const book = writeWorkbook(rowsOf(['Report of 2024'], [], ['a', 'b'], ['x', 'y']));
    expect((await read(book, { headerRow: 3 })).text).toBe('a,b\nx,y\n');
    expect((await read(book, { headerRow: 3, skippedLines: 2 })).text).toBe('\n\na,b\nx,y\n');
  });

  it('are as wide as the job says where there is no header', async () => {
    expect((await read(writeWorkbook(rowsOf(['x'], ['y', 'z'])), { width: 3 })).text).toBe('x,,\ny,z,\n');
  });

  it('come from the sheet that the job names, or from the first that is not hidden', async () => {
    const book = writeWorkbook([
      { name: 'Old', state: 'hidden', rows: [['old']] },
      { name: 'Now & then', rows: [['now']] },
      { name: 'Last', rows: [['last']] },
    ]);
    const textOfSheet = async (sheet: string | number | null) => (await read(book, { sheet })).text;
    expect(await textOfSheet(null)).toBe('now\n');
    expect(await textOfSheet('now & THEN')).toBe('now\n');
    expect(await textOfSheet(1)).toBe('old\n');
    expect(await textOfSheet(3)).toBe('last\n');
    expect(await flawOf(book, { sheet: 'New' })).toBe(
      'no-sheet: no sheet "New"; it has "Old", "Now & then", "Last"',
    );
    expect(await flawOf(book, { sheet: 4 })).toContain('no sheet 4; it has');
  });

  it('are written as the job reads them', async () => {
    const book = writeWorkbook(
      rowsOf(['Price', 'a;b', '#c'], [1234.5, 'it\'s "x"', '\\N'], ['#1', 'sep=', 2.5]),
    );
    const semicolons = { delimiter: ';', quote: "'", decimalSigns: { '': ',' } };
    expect((await read(book, semicolons)).text).toBe(
      "Price;'a;b';#c\n1234,5;'it''s \"x\"';\\N\n#1;sep=;2,5\n",
    );
    expect((await read(book, { comment: '#', decimalSigns: { Price: ',' } })).text).toBe(
      'Price,a;b,#c\n"1234,5","it\'s ""x""",\\N\n"#1",sep=,2.5\n',
    );
    expect((await read(book, { hasBackslashEscapes: true })).text).toContain('"it\'s \\"x\\"",\\\\N\n');
    expect(await flawOf(book, { quote: null, delimiter: ';' })).toBe(
      'workbook-needs-quotes: "\\"a;b\\""'.replace('"\\"a;b\\""', '"a;b"'),
    );
    expect(await read(writeWorkbook(rowsOf(['sep=;'], ['\ufeffx'])))).toMatchObject({
      text: '"sep=;"\n"\ufeffx"\n',
    });
  });
});

describe('cells that stand as most programs write them', () => {
  const cell = fc.oneof(
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(true, false, null, '', 'a,b', 'x', '#c', 'two\nlines', 'q"', ' _x0041_ ', 'sep='),
    fc.date({ min: new Date('1890-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
    fc.constantFrom(
      xml('<v>45351</v>', 'n', 1),
      xml('<v>0.5</v>', undefined, 1),
      xml('<v>70000</v>', undefined, 1),
      xml('<v>12</v>', 's'),
      xml('<v>a&amp;b</v>', 'str'),
      xml('<v>a_x000D_b</v>', 'str'),
      xml('<v>#N/A</v>', 'e'),
      xml('<v>2024-02-29</v>', 'd', 1),
      xml('<f>1+1</f><v>2</v>'),
      xml('<f>1+1</f>'),
      xml('<v></v>'),
      xml(''),
    ),
  );
  const sheet = fc.array(fc.array(cell, { maxLength: 8 }), { minLength: 1, maxLength: 8 });
  const readings = fc.constantFrom<Partial<WorkbookReading>>(
    {},
    { delimiter: '1', comment: '-' },
    { delimiter: ';', decimalSigns: { '': ',' }, comment: '#' },
    { headerRow: 2, hasBackslashEscapes: true },
  );
  const outcomeOf = (bytes: Buffer, reading: Partial<WorkbookReading>, chunkBytes?: number) =>
    read(bytes, reading, chunkBytes).catch((error: unknown) => {
      if (error instanceof WorkbookFlaw) return `${error.flaw}: ${error.what}`;
      throw error;
    });

  it('are read as by their tokens', async () => {
    await fc.assert(
      fc.asyncProperty(sheet, readings, fc.boolean(), async (rows, reading, is1904) => {
        const parts = partsOfWorkbook(rowsOf(...rows), { is1904 });
        const plain = parts[SHEET] ?? '';
        const slow = writeZip({ ...parts, [SHEET]: plain.replaceAll('<c ', '<c  ') });
        const expected = await outcomeOf(slow, reading);
        expect(await outcomeOf(writeZip(parts), reading)).toEqual(expected);
        expect(await outcomeOf(writeZip(parts, { stored: true }), reading, 7)).toEqual(expected);
        const odd = plain.replaceAll(/ r="[A-Z]+\d+"/g, '').replaceAll(' s=', ' x="&gt;" s=');
        const oddSlow = odd.replaceAll('<c', '<x:c').replaceAll('</c>', '</x:c>');
        expect(await outcomeOf(writeZip({ ...parts, [SHEET]: odd }), reading)).toEqual(
          await outcomeOf(writeZip({ ...parts, [SHEET]: oddSlow }), reading),
        );
      }),
      { numRuns: 150 },
    );
  });
});

describe('the rows of records', () => {
  const rowsAt = async (bytes: Buffer, reading: Partial<WorkbookReading> = {}) => {
    const { text, sheet } = await read(bytes, reading);
    const rows = new SheetRows(sheet?.rows ?? '');
    return (record: string) => rows.rowOf(text.slice(0, text.indexOf(record)).split(/\r\n?|\n/).length);
  };

  it('are not told where each line is the row of its number', async () => {
    expect((await read(writeWorkbook(rowsOf(['a'], ['x'], ['y'])))).sheet?.rows).toBeUndefined();
  });

  it('are those of the sheet: behind blank rows, a late header, and cells with line breaks', async () => {
    const book = writeWorkbook(
      rowsOf(
        ['Report'],
        [],
        ['a', 'b'],
        ['one', 'x'],
        [],
        ['', null],
        ['two', 'two\nlines\r\nor more'],
        ['three', 'a lone \r'],
        ['four', 'x'],
        [],
        ['five', 'x'],
      ),
    );
    for (const reading of [{ headerRow: 3 }, { headerRow: 3, skippedLines: 2 }]) {
      const rowOf = await rowsAt(book, reading);
      expect(['a,b', 'one', 'two,', 'three', 'four', 'five'].map(rowOf)).toEqual([3, 4, 7, 8, 9, 11]);
    }
    expect((await rowsAt(book))('Report')).toBe(1);
  });

  it('are those that the sheet numbers, whatever it leaves out', async () => {
    const numbered = withPart(SHEET, (text) =>
      text.replaceAll('r="2"', 'r="20"').replaceAll(/(r="[AB])2"/g, '$120"'),
    );
    expect((await rowsAt(numbered))('x')).toBe(20);
    const without = withPart(SHEET, (text) => text.replaceAll(/<row r="\d+"/g, '<row'));
    expect((await rowsAt(without))('x')).toBe(2);
  });
});

describe('what is no workbook', () => {
  it('is told', async () => {
    const parts = partsOfWorkbook(rowsOf(['a'], ['x']));
    const whole = writeZip(parts);
    expect(await flawOf(writeZip({ 'a.csv': 'a\n' }))).toBe('zip: ');
    expect(await flawOf(writeZip({ mimetype: 'application/vnd.oasis', 'content.xml': '<a/>' }))).toBe(
      'opendocument: ',
    );
    expect(await flawOf(whole.subarray(0, whole.length - 200))).toContain(
      'broken-workbook: no complete zip archive',
    );
    const { 'xl/sharedStrings.xml': _gone, ...without } = parts;
    expect(await flawOf(writeZip(without))).toContain('row 1 has a string that is not there');
    const damaged = Buffer.from(whole);
    const at = damaged.indexOf('xl/worksheets/sheet1.xml') + 30;
    damaged[at] = (damaged[at] as number) ^ 0xff;
    expect(await flawOf(damaged)).toContain('broken-workbook');
    expect(await flawOf(withPart(SHEET, (text) => text.slice(0, -80)))).toContain('broken-workbook');
    expect(await flawOf(withPart(SHEET, (text) => text.replace('r="B1"', 'r="A1"')))).toContain(
      'cell A1 is out of its order',
    );
  });

  it('is refused if it could do harm: DTDs, bombs, parts that lie about their size', async () => {
    const dtd = (text: string) =>
      text.replace('<worksheet', '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet');
    expect(await flawOf(withPart(SHEET, dtd))).toBe(`workbook-dtd: ${SHEET}`);
    const shared = (text: string) => text.replace('<sst', '<!DOCTYPE sst [<!ENTITY a "aaaa">]><sst');
    expect(await flawOf(withPart('xl/sharedStrings.xml', shared))).toBe('workbook-dtd: xl/sharedStrings.xml');
    const bomb = (text: string) => text.replace('<sheetData>', `<sheetData>${' '.repeat(80 * 1024 ** 2)}`);
    expect(await flawOf(withPart(SHEET, bomb))).toBe(`workbook-bomb: ${SHEET}`);
    const lying = withPart(SHEET, (text) => text);
    // The size in the list of entries.
    const entry = lying.lastIndexOf(SHEET) - 46;
    lying.writeUInt32LE(10, entry + 24);
    expect(await flawOf(lying)).toBe(`workbook-bomb: ${SHEET}`);
  });

  it('leaves entities as they stand that only a DTD could define', async () => {
    expect(await textOf(['a'], [xml('<v>&e;</v>', 'str')])).toBe('a\n&e;\n');
  });
});
