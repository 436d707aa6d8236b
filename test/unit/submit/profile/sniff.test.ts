import { describe, expect, it } from 'vitest';
import { sniff } from '../../../../submit/profile/sniff.js';

const found = (text: string | Buffer, isWhole = true) => {
  const { sample: _records, ...form } = sniff(Buffer.from(text), isWhole);
  return form;
};
const USUAL = {
  delimiter: ',',
  quote: '"',
  escape: 'double',
  lenientQuotes: false,
  skipLines: 0,
  comment: null,
  encoding: null,
  header: true,
};

describe('sniff', () => {
  it.each([
    ['commas', 'id,name\n1,ann\n', {}],
    ['semicolons beside decimal commas', 'id;amount\n1;1,5\n2;2,5\n', { delimiter: ';' }],
    ['tabs', 'id\tname\n1\tann, bob\n', { delimiter: '\t' }],
    ['pipes', 'id|name\n1|a,b\n', { delimiter: '|' }],
    ['delimiters and line ends in quotes', 'id,name\n1,"a;b;c"\n2,"x\ny;z"\n', {}],
    ['single quotes', "id,name\n1,'foo,bar'\n", { quote: "'" }],
    ['apostrophes', "id,name\n1,it's\n2,O'Neil\n", {}],
    ['backslashes before quotes', 'id,name\n1,"say \\"hi\\", bob"\n', { escape: 'backslash' }],
    ['spaces before quotes', 'id, name\n1, "a, b"\n2, c\n', { lenientQuotes: true }],
    ['lines before the header', 'Report\nMade 2024\n\nid,name\n1,ann\n2,bob\n', { skipLines: 3 }],
    ['comments', '# made 2024\nid,name\n1,ann\n# end\n2,bob\n', { comment: '#' }],
    ['a header that begins with #', '#id,name\n1,ann\n2,bob\n', {}],
    ['a line sep=', 'sep=;\nid;name\n1;a,b\n', { delimiter: ';' }],
    ['no header', '1,ann,2.5\n2,bob,3.5\n3,cy,4\n', { header: false }],
    ['years as names', 'country,2019,2020\nNorway,1.5,2\nChad,3,4\n', {}],
    ['a delimiter at the end of each record', 'id,amount\n1,2.5,\n2,3.5,\n', {}],
    ['one column', 'name\nann\nbob\n', {}],
    ['CRLF', 'id;name\r\n1;ann\r\n', { delimiter: ';' }],
    ['a file that was joined', '\ufeffid,name\n1,ann\n\ufeffid,name\n2,bob\n', {}],
    ['nothing', '', {}],
  ])('knows %s', (_what, text, form) => {
    expect(found(text)).toEqual({ ...USUAL, ...form });
  });

  it('knows Windows-1252 by bytes that are not UTF-8, and no character that is only cut', () => {
    expect(found(Buffer.from('a,b\n1,caf\u00e9\n', 'latin1')).encoding).toBe('windows-1252');
    const utf8 = Buffer.from('a,b\n1,café');
    expect(found(utf8).encoding).toBeNull();
    expect(found(utf8.subarray(0, -1), false).encoding).toBeNull();
    expect(found(utf8.subarray(0, -1), true).encoding).toBe('windows-1252');
  });
});
