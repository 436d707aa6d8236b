import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Duplicates } from '../../check-finding.js';
import { Failure } from '../../errors.js';
import { isGzip, openGunzip } from '../../stores/compression.js';
import type { FileSystem } from '../../stores/file-system.js';
import { removeTree } from '../../stores/file-tree.js';
import type { Store } from '../../stores/store.js';
import { attempt } from '../../stores/system-failure.js';
import type { DuplicatesRequest, TellJob } from '../engine.js';
import { duplicatesOf, joinTallies, type KeyTally } from '../keys/key-form.js';
import { KeyReader } from '../keys/key-reader.js';
import { hashOfKey, KeyTable, TABLE_LIMITS, type TableLimits } from '../keys/key-table.js';
import { makeFolders } from '../machine-files.js';
import { tellSafely } from '../tell-safely.js';
import { KeyPartitions, readKeyFile } from './key-partitions.js';

const MIN_FILES = 2;
const MAX_FILES = 64;
/** Files are made so that a table holds the keys of one with room to spare. */
const FILES_PER_TABLE = 4;
/** Dividing does not help any more where so many different hashes agree. */
const MAX_DEPTH = 8;
const TABLE_SEED = 0x5bd1e995;

/** What the search needs of this machine. */
export interface KeySearch {
  readonly files: FileSystem;
  readonly store: Store;
  readonly limits?: TableLimits;
}

/** Keys that can be read more than once. */
interface KeySource {
  readonly sizeBytes: number;
  /** Calls `onKey` with each form; yields the bytes read since the last time. */
  read(onKey: (form: Buffer) => void): AsyncIterable<number>;
}

/**
 * Counts duplicate keys on this machine. Keys that fit are compared in memory; more of them are first divided among
 * files by a hash, and each file is counted in the same way. Whole keys are compared, so that no hash can mislead.
 */
export async function countDuplicates(
  { files, store, limits = TABLE_LIMITS }: KeySearch,
  request: DuplicatesRequest,
  tell: TellJob,
  signal: AbortSignal,
): Promise<Duplicates> {
  const { workFolder } = request;
  const listener = tellSafely(tell);
  const parts = keysOfParts(store, request);
  const table = new KeyTable(limits);
  let done = 0;
  const tally = await countKeys(parts, 'keys', 0);
  await attempt('remove', workFolder, () => removeTree(files, workFolder));
  return duplicatesOf(tally);

  async function countKeys(source: KeySource, name: string, depth: number): Promise<KeyTally> {
    if (depth > 0 || source.sizeBytes <= limits.maxBytes) {
      const counted = await countInMemory(source, depth < MAX_DEPTH ? table : new KeyTable(UNLIMITED), depth);
      if (counted !== null) return counted;
    }
    const tallies: KeyTally[] = [];
    for (const file of await divide(source, name, depth)) {
      const keys = { ...file, read: (onKey: (form: Buffer) => void) => readKeyFile(files, file.path, onKey) };
      tallies.push(await countKeys(keys, `${name}.${tallies.length}`, depth + 1));
      await attempt('remove', file.path, () => files.unlink(file.path));
    }
    return joinTallies(tallies);
  }

  /** Null if the keys do not fit into the table. */
  async function countInMemory(source: KeySource, into: KeyTable, depth: number): Promise<KeyTally | null> {
    into.clear();
    let fits = true;
    const onKey = (form: Buffer) => {
      fits &&= into.add(form, hashOfKey(form, TABLE_SEED));
    };
    for await (const bytes of source.read(onKey)) {
      noteRead(bytes, depth);
      if (!fits) return null;
    }
    return fits ? into.tally() : null;
  }

  async function divide(source: KeySource, name: string, depth: number) {
    await makeFolders(files, workFolder);
    const wanted = Math.ceil((source.sizeBytes * FILES_PER_TABLE) / limits.maxBytes);
    const count = Math.min(MAX_FILES, Math.max(MIN_FILES, wanted));
    const partitions = new KeyPartitions(files, workFolder, name, { count, seed: depth + 1 });
    try {
      for await (const bytes of source.read((form) => partitions.add(form))) {
        noteRead(bytes, depth);
        await partitions.write();
      }
      return await partitions.end();
    } catch (error) {
      await partitions.close().catch(() => undefined);
      throw error;
    }
  }

  /** Progress is that of the parts: how often their keys are written and read again is not known before. */
  function noteRead(bytes: number, depth: number): void {
    signal.throwIfAborted();
    if (depth > 0) return;
    done = Math.min(done + bytes, parts.sizeBytes);
    listener({ kind: 'progress', done, total: parts.sizeBytes, unit: 'bytes' });
  }
}

const UNLIMITED: TableLimits = { maxKeys: Number.POSITIVE_INFINITY, maxBytes: Number.POSITIVE_INFINITY };

/** The keys of all parts, one part after the other. */
function keysOfParts(store: Store, { folders }: DuplicatesRequest): KeySource {
  return {
    sizeBytes: folders.reduce(
      (sum, { parts }) => sum + parts.reduce((size, { sizeBytes }) => size + sizeBytes, 0),
      0,
    ),
    async *read(onKey) {
      for (const { folder, parts, ...layout } of folders) {
        for (const { name } of parts) {
          const path = join(folder, name);
          const reader = new KeyReader(layout, onKey);
          for await (const { bytes, read } of chunksOf(store, path)) {
            reader.push(bytes);
            yield read;
          }
          reader.end();
          yield 0;
        }
      }
    },
  };
}

/** The bytes of a part, decompressed, and how many of the file were read for them. */
async function* chunksOf(
  store: Store,
  path: string,
): AsyncGenerator<{ readonly bytes: Uint8Array; readonly read: number }> {
  if (!isGzip(path)) {
    for await (const bytes of store.read(path)) yield { bytes, read: bytes.length };
    return;
  }
  let read = 0;
  const counted = async function* () {
    for await (const bytes of store.read(path)) {
      read += bytes.length;
      yield bytes;
    }
  };
  const source = Readable.from(counted(), { objectMode: false });
  const unzipped = openGunzip();
  source.on('error', (error) => unzipped.destroy(error));
  try {
    for await (const bytes of source.pipe(unzipped)) {
      yield { bytes, read };
      read = 0;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('Z_') !== true) throw error;
    const cause = `not a complete gzip file: ${(error as Error).message}`;
    throw new Failure('store', {
      scheme: store.scheme,
      operation: 'read',
      path,
      problem: 'corrupt',
      cause,
    });
  } finally {
    source.destroy();
  }
}
