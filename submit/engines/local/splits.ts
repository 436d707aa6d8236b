import type { Store } from '../../stores/store.js';
import type { JobInput } from '../engine.js';

/** A piece of a file as FileInputFormat cuts it: `length` bytes from `start`, wherever lines end. */
export interface Split {
  readonly input: JobInput;
  readonly start: number;
  readonly length: number;
}

/** The last piece may be this much bigger before it becomes two (FileInputFormat.SPLIT_SLOP, Hadoop 3.3). */
const SPLIT_SLOP = 1.1;

/** Cuts the inputs as Hadoop's FileInputFormat does: one split at least for each file, empty ones included. */
export function splitInputs(inputs: readonly JobInput[], splitSize: number): Split[] {
  return inputs.flatMap((input) => {
    const splits: Split[] = [];
    let start = 0;
    if (input.splittable) {
      while ((input.sizeBytes - start) / splitSize > SPLIT_SLOP) {
        splits.push({ input, start, length: splitSize });
        start += splitSize;
      }
    }
    if (start < input.sizeBytes || splits.length === 0) {
      splits.push({ input, start, length: input.sizeBytes - start });
    }
    return splits;
  });
}

const LF = 0x0a;
const CR = 0x0d;
export const BOM_BYTES = 3;

/**
 * The bytes that a task on this split gets: the lines that start after the split's first byte and not after its
 * end, as LineRecordReader reads them (Hadoop 3.3: a split that does not start its file skips to the next line,
 * and each split reads the line that starts right at its end). A byte order mark at the file's start is left out.
 */
export async function lineRangeOf(store: Store, split: Split): Promise<{ start: number; end: number }> {
  const { input, start, length } = split;
  const end = start + length;
  const startOfFile = input.startsWithBom ? BOM_BYTES : 0;
  return {
    start: start === 0 ? startOfFile : await nextLineStart(store, input, start),
    end: end >= input.sizeBytes ? input.sizeBytes : await nextLineStart(store, input, end),
  };
}

/** Offset of the first line that starts after `offset`; the file's size where none does. */
async function nextLineStart(store: Store, input: JobInput, offset: number): Promise<number> {
  let position = offset;
  let afterCr = false;
  for await (const chunk of store.read(input.path, { start: offset })) {
    for (const byte of chunk) {
      if (afterCr) return byte === LF ? position + 1 : position;
      position += 1;
      if (byte === LF) return position;
      afterCr = byte === CR;
    }
  }
  return input.sizeBytes;
}
