import { join } from 'node:path';
import { readTransient } from '../../stores/file-reading.js';
import type { FileSystem, OpenFile } from '../../stores/file-system.js';
import { attempt } from '../../stores/system-failure.js';
import { hashOfKey } from '../keys/key-table.js';

/** Bytes that are collected for a file before they are written. */
const BUFFER_BYTES = 64 * 1024;
const LENGTH_BYTES = 4;

/** One file of keys: each its length (32 bits, little-endian) and its form. */
export interface KeyFile {
  readonly path: string;
  readonly sizeBytes: number;
}

/** Divides keys among files by their hash: equal keys go to the same file. */
export class KeyPartitions {
  readonly #files: FileSystem;
  readonly #seed: number;
  readonly #partitions: readonly Partition[];

  /** Nothing exists at the paths `<folder>/<name>.<number>` yet. The hash with this seed decides on a key's file. */
  constructor(files: FileSystem, folder: string, name: string, { count, seed }: PartitionOptions) {
    this.#files = files;
    this.#seed = seed;
    this.#partitions = Array.from({ length: count }, (_, number) => ({
      path: join(folder, `${name}.${number}`),
      file: null,
      sizeBytes: 0,
      buffer: null,
      length: 0,
      full: [],
    }));
  }

  /** Takes a key; call `write` from time to time. */
  add(form: Buffer): void {
    // The low bits of the hash choose the slot in a table.
    const hash = hashOfKey(form, this.#seed) >>> 8;
    const partition = this.#partitions[hash % this.#partitions.length] as Partition;
    const needed = LENGTH_BYTES + form.length;
    if (partition.buffer === null || partition.length + needed > partition.buffer.length) {
      if (partition.buffer !== null) partition.full.push(partition.buffer.subarray(0, partition.length));
      partition.buffer = Buffer.allocUnsafeSlow(Math.max(BUFFER_BYTES, needed));
      partition.length = 0;
    }
    partition.buffer.writeUInt32LE(form.length, partition.length);
    form.copy(partition.buffer, partition.length + LENGTH_BYTES);
    partition.length += needed;
  }

  /** Writes what has been collected, if it is enough. */
  async write(): Promise<void> {
    for (const partition of this.#partitions) {
      for (let next = partition.full.shift(); next !== undefined; next = partition.full.shift()) {
        await this.#append(partition, next);
      }
    }
  }

  /** Writes the rest and closes the files. Returns those that have keys. */
  async end(): Promise<readonly KeyFile[]> {
    try {
      await this.write();
      for (const partition of this.#partitions) {
        if (partition.buffer !== null)
          await this.#append(partition, partition.buffer.subarray(0, partition.length));
        partition.buffer = null;
      }
    } finally {
      await this.close();
    }
    return this.#partitions.filter(({ sizeBytes }) => sizeBytes > 0);
  }

  async close(): Promise<void> {
    for (const partition of this.#partitions) {
      const { file, path } = partition;
      partition.file = null;
      if (file !== null) await attempt('write', path, () => file.close());
    }
  }

  async #append(partition: Partition, bytes: Buffer): Promise<void> {
    await attempt('write', partition.path, async () => {
      partition.file ??= await this.#files.create(partition.path);
      await partition.file.write(bytes);
    });
    partition.sizeBytes += bytes.length;
  }
}

interface PartitionOptions {
  /** Number of files. */
  readonly count: number;
  readonly seed: number;
}

interface Partition extends KeyFile {
  file: OpenFile | null;
  sizeBytes: number;
  buffer: Buffer | null;
  length: number;
  /** Full buffers that are to be written. */
  readonly full: Buffer[];
}

/** Reads a file of keys. Calls `onKey` with each form, valid only during the call; after each chunk yields its size. */
export async function* readKeyFile(
  files: FileSystem,
  path: string,
  onKey: (form: Buffer) => void,
): AsyncGenerator<number> {
  let rest = Buffer.alloc(0);
  for await (const chunk of readTransient(files, path)) {
    const bytes = Buffer.concat([rest, chunk]);
    let at = 0;
    while (at + LENGTH_BYTES <= bytes.length) {
      const end = at + LENGTH_BYTES + bytes.readUInt32LE(at);
      if (end > bytes.length) break;
      onKey(bytes.subarray(at + LENGTH_BYTES, end));
      at = end;
    }
    rest = bytes.subarray(at);
    yield chunk.length;
  }
  if (rest.length > 0) throw new Error(`The last key of ${path} is cut off`);
}
