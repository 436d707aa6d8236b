import { Readable } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import type { Entry, ZipFile } from 'yauzl';
import type { Store } from '../../stores/store.js';
import { WorkbookFlaw } from './workbook-flaw.js';

/** Entries of a zip archive, by name. */
export interface ZipArchive {
  readonly names: readonly string[];
  /** The bytes of an entry, decompressed and compared with its checksum. Throws `WorkbookFlaw`. */
  read(name: string): AsyncGenerator<Uint8Array>;
}

/** A workbook has an entry for each sheet, picture and so on. */
const MAX_ENTRIES = 100_000;
/** Deflate makes 1 byte of 1,032 at most. XML that people store becomes 5 to 40 times as large, and hardly ever more. */
const MAX_RATIO = 300;
/** Below this size the ratio does not matter. */
const SMALL_BYTES = 64 * 1024 ** 2;
const CHUNK_BYTES = 512 * 1024;
const STORED = 0;
const DEFLATED = 8;

/** Opens a zip archive of a store, and reads the list of its entries. Throws `WorkbookFlaw`. */
export async function openZip(
  store: Pick<Store, 'read'>,
  { path, sizeBytes }: { readonly path: string; readonly sizeBytes: number },
): Promise<ZipArchive> {
  const zip = await openArchive(store, path, await endOfArchive(store, path, sizeBytes));
  const entries = new Map<string, Entry>();
  await new Promise<void>((resolve, reject) => {
    zip.on('entry', (entry: Entry) => {
      const name = partName(entry.fileName);
      // Two entries of one name: nobody can say which one other programs read.
      if (entries.has(name)) return reject(new WorkbookFlaw('broken-workbook', `${name} is in it twice`));
      entries.set(name, entry);
      zip.readEntry();
    });
    zip.on('end', resolve);
    zip.on('error', (error: Error) => reject(broken(error)));
    zip.readEntry();
  });
  return {
    names: [...entries.keys()],
    read(name) {
      const entry = entries.get(partName(name));
      if (entry === undefined) throw new WorkbookFlaw('broken-workbook', `${name} is missing`);
      return readEntry(zip, entry, name);
    },
  };
}

/** Names of parts do not mind upper case, and some programs write backslashes. */
export function partName(name: string): string {
  return name.replaceAll('\\', '/').replace(/^\/+/, '').toLowerCase();
}

async function* readEntry(zip: ZipFile, entry: Entry, name: string): AsyncGenerator<Uint8Array> {
  if (entry.isEncrypted()) throw new WorkbookFlaw('encrypted-workbook', name);
  const { compressionMethod, uncompressedSize, compressedSize } = entry;
  if (compressionMethod !== STORED && compressionMethod !== DEFLATED) {
    throw new WorkbookFlaw('broken-workbook', `${name} is compressed by method ${compressionMethod}`);
  }
  requireNoBomb(name, uncompressedSize, compressedSize);
  const stored = await rawBytes(zip, entry);
  const chunks =
    compressionMethod === STORED ? stored : stored.pipe(createInflateRaw({ chunkSize: CHUNK_BYTES }));
  if (chunks !== stored) stored.on('error', (error) => chunks.destroy(error));
  let size = 0;
  let checksum = 0;
  try {
    for await (const chunk of chunks as AsyncIterable<Buffer>) {
      size += chunk.length;
      // The list of entries may lie about the size.
      if (size > uncompressedSize) throw new WorkbookFlaw('workbook-bomb', name);
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
  } catch (error) {
    throw broken(error);
  } finally {
    stored.destroy();
  }
  if (size !== uncompressedSize || checksum !== entry.crc32) {
    throw new WorkbookFlaw('broken-workbook', `${name} is damaged`);
  }
}

function requireNoBomb(name: string, size: number, compressedSize: number): void {
  if (size > SMALL_BYTES && size > MAX_RATIO * compressedSize) throw new WorkbookFlaw('workbook-bomb', name);
}

const END_RECORD = Buffer.from('504b0506', 'hex');
const END_RECORD_BYTES = 22;
const MAX_COMMENT_BYTES = 65_535;

/** Where the archive ends: some programs leave bytes behind it, which others pass over. */
async function endOfArchive(store: Pick<Store, 'read'>, path: string, sizeBytes: number): Promise<number> {
  const start = Math.max(0, sizeBytes - END_RECORD_BYTES - MAX_COMMENT_BYTES);
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.read(path, { start, end: sizeBytes })) chunks.push(chunk);
  const tail = Buffer.concat(chunks);
  const at = tail.lastIndexOf(END_RECORD);
  if (at < 0 || at + END_RECORD_BYTES > tail.length) return sizeBytes;
  const end = start + at + END_RECORD_BYTES + tail.readUInt16LE(at + END_RECORD_BYTES - 2);
  return Math.min(end, sizeBytes);
}

async function openArchive(store: Pick<Store, 'read'>, path: string, sizeBytes: number): Promise<ZipFile> {
  // Most jobs read no workbook.
  const yauzl = await import('yauzl');
  /** Reads ranges of the file. */
  class StoreReader extends yauzl.RandomAccessReader {
    override _readStreamForRange(start: number, end: number): Readable {
      return Readable.from(store.read(path, { start, end }), { objectMode: false });
    }
  }
  return new Promise((resolve, reject) => {
    const options = { lazyEntries: true, autoClose: false, strictFileNames: false };
    yauzl.fromRandomAccessReader(new StoreReader(), sizeBytes, options, (error, zip) => {
      if (error) reject(broken(error));
      else if (zip.entryCount > MAX_ENTRIES) reject(new WorkbookFlaw('workbook-bomb', 'the list of entries'));
      else resolve(zip);
    });
  });
}

/** The bytes of an entry as they are stored. */
function rawBytes(zip: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    const raw = entry.compressionMethod === STORED ? {} : { decompress: false };
    zip.openReadStream(entry, raw, (error, stream) => (error ? reject(broken(error)) : resolve(stream)));
  });
}

/** Errors of yauzl and zlib tell of the archive; those of the store stay as they are. */
function broken(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'Error') return error;
  const code: unknown = Reflect.get(error, 'code');
  if (typeof code === 'string' && !code.startsWith('Z_')) return error;
  return new WorkbookFlaw('broken-workbook', `no complete zip archive: ${error.message}`);
}
