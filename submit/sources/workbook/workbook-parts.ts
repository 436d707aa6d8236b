import { builtInKind, kindOfFormat, type NumberKind } from './number-format.js';
import { WorkbookFlaw } from './workbook-flaw.js';
import { decodeXml, type XmlHandler, XmlScanner } from './xml-scanner.js';
import { partName, type ZipArchive } from './zip-archive.js';

/** A worksheet as the workbook lists it. */
export interface SheetEntry {
  readonly name: string;
  readonly part: string;
  readonly isHidden: boolean;
}

/** What has to be known before a sheet is read. */
export interface WorkbookParts {
  readonly sheets: readonly SheetEntry[];
  readonly sharedStrings: string | null;
  readonly styles: string | null;
  readonly is1904: boolean;
}

/** Reads which sheets a workbook has, and where its parts are. Null if the archive is none. Throws `WorkbookFlaw`. */
export async function readWorkbookParts(zip: ZipArchive): Promise<WorkbookParts | null> {
  if (!zip.names.includes('_rels/.rels')) return null;
  const [main] = (await relationsOf(zip, '')).filter(({ type }) => type === 'officeDocument');
  if (main === undefined || !zip.names.includes(partName(main.target))) return null;
  if (main.target.toLowerCase().endsWith('.bin')) throw new WorkbookFlaw('xlsb', main.target);
  const part = partName(main.target);
  const relations = await relationsOf(zip, part);
  const worksheets = new Map(
    relations.filter(({ type }) => type === 'worksheet').map(({ id, target }) => [id, target]),
  );
  const sheets: SheetEntry[] = [];
  let is1904 = false;
  let isWorkbook = false;
  // Extensions have elements of the same names, in a namespace of their own.
  let isExtension = false;
  await scanPart(zip, part, {
    ...NO_TOKENS,
    open(xml) {
      if (xml.is('extLst')) isExtension = true;
      if (isExtension) return;
      if (xml.is('workbook')) isWorkbook = true;
      if (xml.is('workbookPr')) is1904 = ['1', 'true', 'on'].includes(xml.attribute('date1904') ?? '');
      if (!xml.is('sheet')) return;
      const target = worksheets.get(xml.attribute('id') ?? '');
      // Sheets of charts and macros have no cells.
      if (target === undefined) return;
      const state = xml.attribute('state') ?? 'visible';
      sheets.push({ name: xml.attribute('name') ?? '', part: target, isHidden: state !== 'visible' });
    },
    close(xml) {
      if (xml.is('extLst')) isExtension = false;
    },
  });
  if (!isWorkbook) return null;
  const partOf = (type: string) => relations.find((relation) => relation.type === type)?.target ?? null;
  const existing = (target: string | null) =>
    target !== null && zip.names.includes(partName(target)) ? target : null;
  return {
    sheets,
    sharedStrings: existing(partOf('sharedStrings')),
    styles: existing(partOf('styles')),
    is1904,
  };
}

interface Relation {
  readonly id: string;
  /** The last word of its address: `worksheet`. */
  readonly type: string;
  /** A name in the archive. */
  readonly target: string;
}

/** Where a part refers to; `part` is empty for the archive itself. */
async function relationsOf(zip: ZipArchive, part: string): Promise<readonly Relation[]> {
  const slash = part.lastIndexOf('/') + 1;
  const folder = part.slice(0, slash);
  const name = `${folder}_rels/${part.slice(slash)}.rels`;
  if (!zip.names.includes(partName(name))) return [];
  const relations: Relation[] = [];
  await scanPart(zip, name, {
    ...NO_TOKENS,
    open(xml) {
      if (!xml.is('Relationship') || xml.attribute('TargetMode') === 'External') return;
      const type = (xml.attribute('Type') ?? '').replace(/^.*\//, '');
      const target = xml.attribute('Target') ?? '';
      relations.push({ id: xml.attribute('Id') ?? '', type, target: resolvePart(folder, target) });
    },
  });
  return relations;
}

/** `../styles.xml` in `xl/worksheets/` → `xl/styles.xml`. */
function resolvePart(folder: string, target: string): string {
  const path = target.replaceAll('\\', '/');
  const names: string[] = [];
  for (const name of (path.startsWith('/') ? path : `${folder}${path}`).split('/')) {
    if (name === '..') names.pop();
    else if (name !== '.' && name !== '') names.push(name);
  }
  return names.join('/');
}

/** What numbers stand for, by the number of a cell's style. */
export async function readNumberKinds(zip: ZipArchive, part: string | null): Promise<readonly NumberKind[]> {
  const formats = new Map<number, NumberKind>();
  const ids: number[] = [];
  if (part === null) return [];
  /** The list that is read: other lists have elements of the same names. */
  let list: 'cellXfs' | 'numFmts' | null = null;
  await scanPart(zip, part, {
    ...NO_TOKENS,
    open(xml) {
      if (xml.is('cellXfs')) list = 'cellXfs';
      else if (xml.is('numFmts')) list = 'numFmts';
      else if (list === 'numFmts' && xml.is('numFmt')) {
        formats.set(Number(xml.attribute('numFmtId')), kindOfFormat(xml.attribute('formatCode') ?? ''));
      } else if (list === 'cellXfs' && xml.is('xf')) ids.push(Number(xml.attribute('numFmtId') ?? 0));
    },
    close(xml) {
      if (xml.is('cellXfs') || xml.is('numFmts')) list = null;
    },
  });
  return ids.map((id) => formats.get(id) ?? builtInKind(id));
}

/** Scans a part from its start to its end. */
export async function scanPart(zip: ZipArchive, part: string, handler: XmlHandler): Promise<void> {
  const xml = new XmlScanner(part, handler);
  for await (const chunk of zip.read(part)) xml.push(chunk);
  xml.end();
}

/** For handlers that do not need all tokens. */
export const NO_TOKENS: XmlHandler = { open: () => undefined, close: () => undefined, text: () => undefined };

/** Bytes of text → the text. */
export function textOf(bytes: Buffer, start: number, end: number, isPlain: boolean): string {
  const text = bytes.toString('utf8', start, end);
  return isPlain ? text : decodeXml(text);
}
