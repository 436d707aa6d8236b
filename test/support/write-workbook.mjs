import { crc32, deflateRawSync } from 'node:zlib';

/** Workbooks for tests and for the demo: as small as programs write them, and the same bytes each time. */

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const DAY_MS = 86_400_000;
/** Days from 0 of the date system to 1970. */
const DAYS_TO_1970 = 25_569;
const DAYS_TO_1904 = 1462;

export function writeWorkbook(sheets, options) {
  return writeZip(partsOfWorkbook(sheets, options));
}

export function partsOfWorkbook(sheets, { is1904 = false, formats = [], inline = false } = {}) {
  const strings = new Map();
  const cellOf = (cell, row, column) => {
    if (cell === null) return '';
    const reference = `r="${lettersOf(column)}${row + 1}"`;
    if (typeof cell === 'number') return `<c ${reference}><v>${cell}</v></c>`;
    if (typeof cell === 'boolean') return `<c ${reference} t="b"><v>${cell ? 1 : 0}</v></c>`;
    if (cell instanceof Date) {
      const serial = cell.getTime() / DAY_MS + DAYS_TO_1970 - (is1904 ? DAYS_TO_1904 : 0);
      return `<c ${reference} s="1"><v>${serial}</v></c>`;
    }
    if (typeof cell === 'object') {
      const type = cell.type === undefined ? '' : ` t="${cell.type}"`;
      const style = cell.style === undefined ? '' : ` s="${cell.style}"`;
      return `<c ${reference}${style}${type}>${cell.xml}</c>`;
    }
    if (inline) {
      return `<c ${reference} t="inlineStr"><is><t xml:space="preserve">${escapeXml(cell)}</t></is></c>`;
    }
    if (!strings.has(cell)) strings.set(cell, strings.size);
    return `<c ${reference} t="s"><v>${strings.get(cell)}</v></c>`;
  };
  const sheetOf = ({ rows }) =>
    rows
      .map(
        (cells, row) =>
          `<row r="${row + 1}">${cells.map((cell, at) => cellOf(cell, row, at)).join('')}</row>`,
      )
      .join('');
  const written = sheets.map((sheet, at) => [
    `xl/worksheets/sheet${at + 1}.xml`,
    `${XML}<worksheet xmlns="${MAIN}"><sheetData>${sheetOf(sheet)}</sheetData></worksheet>`,
  ]);
  const list = sheets
    .map(
      ({ name, state }, at) =>
        `<sheet name="${escapeXml(name)}" sheetId="${at + 1}"${state === undefined ? '' : ` state="${state}"`} r:id="rId${at + 1}"/>`,
    )
    .join('');
  const codes = ['yyyy\\-mm\\-dd', ...formats];
  return {
    '[Content_Types].xml': contentTypes(sheets.length),
    '_rels/.rels': relations([['officeDocument', 'xl/workbook.xml']]),
    'xl/workbook.xml': `${XML}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><workbookPr${is1904 ? ' date1904="1"' : ''}/><sheets>${list}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relations([
      ...written.map(([name]) => ['worksheet', name.slice('xl/'.length)]),
      ['styles', 'styles.xml'],
      ['sharedStrings', 'sharedStrings.xml'],
    ]),
    'xl/styles.xml': stylesOf(codes),
    ...Object.fromEntries(written),
    'xl/sharedStrings.xml': `${XML}<sst xmlns="${MAIN}">${[...strings.keys()]
      .map((text) => `<si><t xml:space="preserve">${escapeXml(text)}</t></si>`)
      .join('')}</sst>`,
  };
}

function stylesOf(codes) {
  const formats = codes
    .map((code, at) => `<numFmt numFmtId="${164 + at}" formatCode="${escapeXml(code)}"/>`)
    .join('');
  const styles = ['<xf numFmtId="0"/>', ...codes.map((_code, at) => `<xf numFmtId="${164 + at}"/>`)].join('');
  return `${XML}<styleSheet xmlns="${MAIN}"><numFmts>${formats}</numFmts><fonts><font/></fonts><fills><fill><patternFill patternType="none"/></fill></fills><borders><border/></borders><cellStyleXfs><xf/></cellStyleXfs><cellXfs>${styles}</cellXfs></styleSheet>`;
}

function relations(list) {
  const all = list
    .map(
      ([type, target], at) =>
        `<Relationship Id="rId${at + 1}" Type="${RELATIONS}/${type}" Target="${target}"/>`,
    )
    .join('');
  return `${XML}<Relationships xmlns="${PACKAGE}/relationships">${all}</Relationships>`;
}

function contentTypes(sheets) {
  const type = (part, of) =>
    `<Override PartName="/xl/${part}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.${of}+xml"/>`;
  const all = Array.from({ length: sheets }, (_sheet, at) =>
    type(`worksheets/sheet${at + 1}.xml`, 'worksheet'),
  );
  return `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${type('workbook.xml', 'sheet.main')}${all.join('')}${type('styles.xml', 'styles')}${type('sharedStrings.xml', 'sharedStrings')}</Types>`;
}

/** 0 → A, 26 → AA. */
function lettersOf(column) {
  const last = String.fromCharCode(65 + (column % 26));
  return column < 26 ? last : `${lettersOf(Math.floor(column / 26) - 1)}${last}`;
}

function escapeXml(text) {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/_x(?=[0-9A-Fa-f]{4}_)/g, '_x005F_x')
    .replaceAll('\r', '_x000D_');
}

const DEFLATED = 8;
const UTF_8_NAMES = 0x800;

export function writeZip(entries, { stored = false } = {}) {
  const files = [];
  const list = [];
  let offset = 0;
  for (const [name, content] of Object.entries(entries)) {
    const bytes = Buffer.from(content);
    const packed = stored ? bytes : deflateRawSync(bytes);
    const path = Buffer.from(name);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(UTF_8_NAMES, 2);
    facts.writeUInt16LE(stored ? 0 : DEFLATED, 4);
    // 1 January 2026.
    facts.writeUInt32LE(0x5c210000, 6);
    facts.writeUInt32LE(crc32(bytes), 10);
    facts.writeUInt32LE(packed.length, 14);
    facts.writeUInt32LE(bytes.length, 18);
    facts.writeUInt16LE(path.length, 22);
    files.push(Buffer.from('504b0304', 'hex'), facts, path, packed);
    const end = Buffer.alloc(14);
    end.writeUInt32LE(offset, 10);
    list.push(Buffer.from('504b01021400', 'hex'), facts, end, path);
    offset += 30 + path.length + packed.length;
  }
  const directory = Buffer.concat(list);
  const last = Buffer.alloc(22);
  last.writeUInt32LE(0x06054b50, 0);
  const count = Object.keys(entries).length;
  last.writeUInt16LE(count, 8);
  last.writeUInt16LE(count, 10);
  last.writeUInt32LE(directory.length, 12);
  last.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, directory, last]);
}
