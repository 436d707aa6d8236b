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
    ['a last record with a delimiter too many', 'a,b\n1,2\n3\n4,5,\n', {}],
    ['comments', '# made 2024\nid,name\n1,ann\n# end\n2,bob\n', { comment: '#' }],
    ['a header that begins with #', '#id,name\n1,ann\n2,bob\n', {}],
    ['a line sep=', 'sep=;\nid;name\n1;a,b\n', { delimiter: ';' }],
    ['no header', '1,ann,2.5\n2,bob,3.5\n3,cy,4\n', { header: false }],
    [
      'no header before amounts and dates',
      '03.11.2025;rent;-5,00\n04.11.2025;food;-24,00\n05.11.2025;pay;1.200,00\n',
      { delimiter: ';', header: false },
    ],
    ['numbers in names', 'county,2023 votes,Share (2013)\nAdams,7640,12.5\nBrown,9139,3.25\n', {}],
    ['names of numbers that the values do not look like', 'id,2015_murders,Tax 5%\na,378,1.5\nb,19,2\n', {}],
    ['dates and months as names', 'Country,1/22/20,1/23/20,Dec 04\nChad,0,1,2\nMali,3,4,5\n', {}],
    [
      'lines before the header that were filled up with delimiters',
      'Report;;;\nAccount;12345;;\n;;;\nday;who;amount;note\n1.1.2026;ann;5;x\n2.1.2026;bob;6;y\n',
      { delimiter: ';', skipLines: 3 },
    ],
    [
      'more lines before the header than records, with # before names',
      'Bank;\nStreet 1;\nTown;\n#From;#To\n1.1.2026;2.1.2026\n#Total;\n5;\n\n#day;#who;#amount\n2026-01-01;ann;5\n2026-01-02;bob;6\n2026-01-03;cy;7\n;;18\n',
      { delimiter: ';', skipLines: 8 },
    ],
    ['records with many empty fields', 'id,a,b,c\n1,,,\n2,,,\n3,x,y,z\n', {}],
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
    // Polish and Russian words; superscripts stand beside letters in Western text.
    const polish = Buffer.from('T,W\nTytu\xb3,WROC\xa3AW\n\xa3\xf3d\x9f,ksi\xeagowa\xf1 z\xb3\n', 'latin1');
    expect(found(polish).encoding).toBe('windows-1250');
    // Of the Macintosh, which neither of them reads.
    const odd = Buffer.from(
      'a\nRodr\xcc_gu\xe5\xa9z\nR\x81\xe2ada\nJoff\xcc\xc4\xe5\xa9\nclich\x8e\xb3s\n',
      'latin1',
    );
    expect(found(odd).encoding).toBe('windows-1252');
    const russian = Buffer.from('id,name\n1,\xcc\xee\xf1\xea\xe2\xe0 \xe8 \xce\xec\xf1\xea\n', 'latin1');
    expect(found(russian).encoding).toBe('windows-1251');
    expect(found(Buffer.from('a,m\xb3\nna\xefve,M\xfcller stra\xdfe\n', 'latin1')).encoding).toBe(
      'windows-1252',
    );
    const utf8 = Buffer.from('a,b\n1,café');
    expect(found(utf8).encoding).toBeNull();
    expect(found(utf8.subarray(0, -1), false).encoding).toBeNull();
    expect(found(utf8.subarray(0, -1), true).encoding).toBe('windows-1252');
  });
});
