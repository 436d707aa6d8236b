import type { TaskRange } from '../../../mapper/contract.js';
import { decompress } from '../../stores/compression.js';
import type { FileSystem } from '../../stores/file-system.js';
import type { Compression, Store } from '../../stores/store.js';
import { localFailure } from '../../stores/system-failure.js';
import { systemPath } from '../../stores/system-path.js';
import { readFrom } from '../machine-files.js';
import { BOM_BYTES, lineRangeOf, rangeOfWhole, type Split } from './splits.js';

/** What a task with these splits gets on stdin: the list of its ranges, then the bytes of those that it can't read itself. */
export async function* framesOf(
  { files, store }: { readonly files: FileSystem; readonly store: Store },
  splits: readonly Split[],
): AsyncGenerator<Buffer> {
  const ranges: TaskRange[] = [];
  for (const split of splits) {
    const { input, start, length } = split;
    const isSent = input.compression !== undefined || typeof systemPath(input.path) !== 'string';
    ranges.push({
      ...{ path: input.path, start, length },
      range: isSent ? null : (rangeOfWhole(split) ?? (await lineRangeOf(store, split))),
    });
  }
  yield* framed([Buffer.from(JSON.stringify(ranges))]);
  for (const [index, { range }] of ranges.entries()) {
    const split = splits[index];
    if (range === null && split !== undefined) yield* framed(contentOf(files, store, split));
  }
}

const END = Buffer.alloc(4);

async function* framed(chunks: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    if (chunk.length === 0) continue;
    const length = Buffer.alloc(4);
    length.writeUInt32LE(chunk.length);
    yield length;
    yield chunk;
  }
  yield END;
}

/** The lines of a split, decompressed, without the byte order mark of the file. Throws `store`. */
async function* contentOf(files: FileSystem, store: Store, split: Split): AsyncGenerator<Buffer> {
  const { path, compression } = split.input;
  if (compression === undefined) {
    const { start, end } = await lineRangeOf(store, split);
    for await (const chunk of store.read(path, { start, end })) yield Buffer.from(chunk);
    return;
  }
  const file = await files.open(path).catch((error: unknown) => {
    throw localFailure('read', path, error);
  });
  try {
    yield* withoutMark(unzipped(compression, readFrom(file), path), split);
  } finally {
    await file.close();
  }
}

async function* unzipped(
  compression: Compression,
  chunks: AsyncIterable<Buffer>,
  path: string,
): AsyncGenerator<Buffer> {
  try {
    yield* decompress(compression, chunks);
  } catch (error) {
    throw localFailure('decompress', path, error);
  }
}

/** Drops a byte order mark, as LineRecordReader does in compressed files too. */
export async function* withoutMark(
  chunks: AsyncIterable<Buffer>,
  { input }: Pick<Split, 'input'>,
): AsyncGenerator<Buffer> {
  let left = input.startsWithBom ? BOM_BYTES : 0;
  for await (const chunk of chunks) {
    const skipped = Math.min(left, chunk.length);
    left -= skipped;
    if (skipped < chunk.length) yield chunk.subarray(skipped);
  }
}
