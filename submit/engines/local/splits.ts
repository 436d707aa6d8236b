import type { Store } from '../../stores/store.js';
import type { JobInput } from '../engine.js';

/** A split as FileInputFormat makes it: `length` bytes from `start`, regardless of line ends. */
export interface Split {
  readonly input: JobInput;
  readonly start: number;
  readonly length: number;
}

/** The last split may be larger than the split size by this factor (FileInputFormat.SPLIT_SLOP, Hadoop 3.3). */
const SPLIT_SLOP = 1.1;

/** Splits the inputs as Hadoop's FileInputFormat does: at least one split per file, even for an empty file. */
export function splitInputs(inputs: readonly JobInput[], splitSize: number): Split[] {
  return inputs.flatMap((input) => {
    const splits: Split[] = [];
    let start = 0;
    // Lines that are skipped are not told from records in a later split.
    const size = Math.max(splitSize, input.maxPreambleBytes ?? 0);
    // Of compressed data, only Hadoop finds its way into the middle.
    if (input.splittable && input.compression === undefined) {
      while ((input.sizeBytes - start) / size > SPLIT_SLOP) {
        splits.push({ input, start, length: size });
        start += size;
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
 * The byte range that a task on this split reads, by the rules of LineRecordReader (Hadoop 3.3): a split that does not
 * start its file skips its first line, and every split also reads the line that starts exactly at its end. Excludes a
 * byte order mark at the file's start.
 */
export async function lineRangeOf(store: Store, split: Split): Promise<LineRange> {
  const { input, start, length } = split;
  const end = start + length;
  const whole = rangeOfWhole(split);
  if (whole !== null) return whole;
  return {
    start: start === 0 ? startOf(input) : await nextLineStart(store, input, start),
    end: end >= input.sizeBytes ? input.sizeBytes : await nextLineStart(store, input, end),
  };
}

/** The same for a split that is a whole file, which nobody has to look into; null for others. */
export function rangeOfWhole({ input, start, length }: Split): LineRange | null {
  return start === 0 && length >= input.sizeBytes ? { start: startOf(input), end: input.sizeBytes } : null;
}

/** Byte offsets; `end` is exclusive. */
export interface LineRange {
  readonly start: number;
  readonly end: number;
}

function startOf({ startsWithBom }: JobInput): number {
  return startsWithBom ? BOM_BYTES : 0;
}

/** Offset of the first line that starts after `offset`; the file's size if there is none. */
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
