import { createHash } from 'node:crypto';
import { type Header, parseHeader } from '../../../mapper/records/header.js';
import { RecordScanner } from '../../../mapper/records/scanner.js';
import { SheetRows } from '../../../mapper/records/sheet-rows.js';
import { Failure } from '../../errors.js';
import { changedInput, type Store } from '../../stores/store.js';
import { scanFailure } from '../content-kind.js';
import { type ConvertedText, readingConverted } from '../conversion.js';
import type { ScannedFile } from '../inspect/inspector.js';
import { dialectRead } from '../preamble-facts.js';
import type { OnBytes, ReadingOptions, SourceItem } from '../source.js';
import { SheetRowsWriter } from './sheet-rows-writer.js';
import { WorkbookFlaw } from './workbook-flaw.js';
import type { SheetRead, WorkbookReading } from './workbook-reading.js';
import { type WorkbookFile, workbookText } from './workbook-text.js';

type FileStore = Pick<Store, 'read' | 'scheme'>;

/** How the cells of a workbook are written for a job that reads its inputs so. Pure. */
export function workbookReadingOf(options: ReadingOptions): WorkbookReading {
  const { delimiter, dialect = {}, hasHeader, columnNames, workbook } = options;
  const skipLines = dialect.skipLines ?? 0;
  return {
    delimiter,
    quote: dialect.quote === undefined ? '"' : dialect.quote,
    hasBackslashEscapes: dialect.escape === 'backslash',
    comment: dialect.comment ?? null,
    sheet: workbook?.sheet ?? null,
    headerRow: workbook?.headerRow ?? (skipLines > 0 ? skipLines + 1 : null),
    skippedLines: skipLines,
    width: !hasHeader && Array.isArray(columnNames) ? columnNames.length : null,
    decimalSigns: workbook?.decimalSigns ?? {},
  };
}

/** The cells of a workbook as CSV. Throws `input-unreadable` for what is wrong with it. */
export async function* readWorkbook(
  store: FileStore,
  file: WorkbookFile,
  reading: WorkbookReading,
  tell?: (sheet: SheetRead) => void,
  rows?: SheetRowsWriter,
): AsyncGenerator<Uint8Array> {
  try {
    yield* workbookText(store, file, reading, tell, rows);
  } catch (error) {
    if (!(error instanceof WorkbookFlaw)) throw error;
    const { flaw, what } = error;
    const { path } = file;
    throw new Failure('input-unreadable', { path, scheme: store.scheme, flaw, what }, { cause: error });
  }
}

/** Like `readWorkbook`, for one that was read before: what is wrong with it now has changed since. */
export async function* readWorkbookAgain(
  store: FileStore,
  file: WorkbookFile,
  reading: WorkbookReading,
): AsyncGenerator<Uint8Array> {
  try {
    yield* workbookText(store, file, reading);
  } catch (error) {
    throw error instanceof WorkbookFlaw ? changedInput(file.path) : error;
  }
}

/** The header of a workbook, and the row that it stands in; null if its sheet is empty. Reads no more rows than it needs. */
export async function headerOfWorkbook(
  store: FileStore & Pick<Store, 'stat'>,
  path: string,
  options: ReadingOptions,
): Promise<(Header & { readonly sheetRow: number }) | null> {
  const scanner = new RecordScanner(readingConverted(options));
  const file = { path, sizeBytes: (await store.stat(path))?.sizeBytes ?? 0 };
  const reading = workbookReadingOf(options);
  const rows = new SheetRowsWriter();
  for await (const chunk of readWorkbook(store, file, reading, undefined, rows)) {
    scanner.push(chunk);
    if (scanner.firstRecord !== null) break;
  }
  const record = scanner.firstRecord ?? scanner.end().firstRecord;
  if (record === null) return null;
  const sheetRow = new SheetRows(rows.text()).rowOf(reading.skippedLines + 1);
  return { ...parseHeader(record, dialectRead(options, null)), sheetRow };
}

/** Scans the records of a workbook. Throws `input-unreadable`, and `input-changed` if it changes meanwhile. */
export async function scanWorkbook(
  store: FileStore & Pick<Store, 'stat' | 'write' | 'makeDirectory' | 'remove'>,
  item: SourceItem,
  options: ReadingOptions,
  onBytes: OnBytes,
): Promise<ScannedFile> {
  const { path, sizeBytes } = item;
  const reading = workbookReadingOf(options);
  const scanner = new RecordScanner(readingConverted(options));
  let sheet: SheetRead | null = null;
  const scanned = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of readWorkbook(store, item, reading, (read) => {
      sheet = read;
    })) {
      onBytes(0);
      scanner.push(chunk);
      yield chunk;
    }
  };
  const file = createHash('sha256');
  let text: WrittenText;
  try {
    text = await writeText(store, path, scanned(), options.keepTextIn);
    for await (const chunk of store.read(path)) {
      onBytes(chunk.length);
      file.update(chunk);
    }
  } catch (error) {
    throw scanFailure(path, error, store.scheme);
  }
  const now = await store.stat(path);
  if (now?.sizeBytes !== sizeBytes || now.modifiedMs !== item.modifiedMs) throw changedInput(path);
  return {
    sizeBytes,
    records: scanner.end(),
    converted: {
      from: 'xlsx',
      ...text,
      workbook: reading,
      ...(sheet === null ? {} : { sheet }),
    },
    sha256: Promise.resolve(file.digest('hex')),
  };
}

type WrittenText = Pick<ConvertedText, 'sizeBytes' | 'sha256' | 'keptAt'>;

/** Measures the text of a workbook, and writes it to a file of that folder if one is named. */
async function writeText(
  store: Pick<Store, 'write' | 'makeDirectory' | 'remove'>,
  path: string,
  text: AsyncIterable<Uint8Array>,
  folder: string | undefined,
): Promise<WrittenText> {
  if (folder !== undefined) {
    // Names of staged inputs never begin with a dot.
    const own = `${folder}/.scanned`;
    const keptAt = `${own}/${createHash('sha256').update(path).digest('hex')}`;
    await store.makeDirectory(own);
    // A scan before this one may have been stopped just when it was complete.
    await store.remove(keptAt);
    const { sizeBytes, sha256 } = await store.write(keptAt, text);
    return { sizeBytes, sha256, keptAt };
  }
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of text) {
    hash.update(chunk);
    sizeBytes += chunk.length;
  }
  return { sizeBytes, sha256: hash.digest('hex') };
}
