import type { Store } from '../../stores/store.js';
import { FieldWriter } from './field-writer.js';
import { readSharedStrings } from './shared-strings.js';
import { SheetReader } from './sheet-reader.js';
import { SheetRowsWriter } from './sheet-rows-writer.js';
import { WorkbookFlaw } from './workbook-flaw.js';
import { readNumberKinds, readWorkbookParts, type SheetEntry } from './workbook-parts.js';
import type { SheetRead, WorkbookReading } from './workbook-reading.js';
import { XmlScanner } from './xml-scanner.js';
import { openZip } from './zip-archive.js';

/** The file of a workbook. */
export interface WorkbookFile {
  readonly path: string;
  readonly sizeBytes: number;
}

/** Complete records of this size are passed on. */
const PASS_BYTES = 64 * 1024;

/**
 * The records of a sheet as CSV in UTF-8, ended by LF, while the workbook is read. What does not depend on the number of
 * records is in memory: the archive's list, the styles and the shared strings. `tell` hears of the sheet at the end, `rows` of
 * the row of each record before it is given. Throws
 * `WorkbookFlaw`, and what the store throws.
 */
export async function* workbookText(
  store: Pick<Store, 'read'>,
  file: WorkbookFile,
  reading: WorkbookReading,
  tell: (sheet: SheetRead) => void = () => undefined,
  rows = new SheetRowsWriter(),
): AsyncGenerator<Uint8Array> {
  const zip = await openZip(store, file);
  const parts = await readWorkbookParts(zip);
  if (parts === null) throw notAWorkbook(zip.names);
  const { name, part } = chooseSheet(parts.sheets, reading.sheet);
  const reader = new SheetReader({
    part,
    strings: await readSharedStrings(zip, parts.sharedStrings),
    kinds: await readNumberKinds(zip, parts.styles),
    is1904: parts.is1904,
    fields: new FieldWriter(reading),
    firstRow: reading.headerRow,
    width: reading.width,
    linesBefore: reading.skippedLines,
    rows,
    decimalSign: (column, index) => signOf(reading.decimalSigns, column, index),
  });
  if (reading.skippedLines > 0) yield Buffer.alloc(reading.skippedLines, '\n');
  const xml = new XmlScanner(part, reader);
  for await (const chunk of zip.read(part)) {
    xml.push(chunk);
    if (reader.size < PASS_BYTES) continue;
    yield reader.takeRecords();
  }
  xml.end();
  const facts = reader.end();
  const last = reader.takeRecords();
  if (last.length > 0) yield last;
  tell({ sheet: name, ...facts });
}

function chooseSheet(sheets: readonly SheetEntry[], wanted: string | number | null): SheetEntry {
  const found =
    wanted === null
      ? (sheets.find(({ isHidden }) => !isHidden) ?? sheets[0])
      : typeof wanted === 'number'
        ? sheets[wanted - 1]
        : (sheets.find(({ name }) => name === wanted) ??
          sheets.find(({ name }) => name.toLowerCase() === wanted.toLowerCase()));
  if (found !== undefined) return found;
  const names = sheets.map(({ name }) => JSON.stringify(name)).join(', ');
  const what = typeof wanted === 'number' ? `no sheet ${wanted}` : `no sheet ${JSON.stringify(wanted ?? '')}`;
  throw new WorkbookFlaw('no-sheet', `${what}; it has ${names === '' ? 'none' : names}`);
}

function signOf(signs: WorkbookReading['decimalSigns'], column: string, index: number): string | null {
  const own = signs[`[${index}]`] ?? signs[column] ?? signs[column.trim()];
  return own ?? signs[''] ?? null;
}

/** Other archives, by what they hold. */
function notAWorkbook(names: readonly string[]): WorkbookFlaw {
  if (names.includes('mimetype') && names.includes('content.xml'))
    return new WorkbookFlaw('opendocument', '');
  return new WorkbookFlaw('zip', '');
}
