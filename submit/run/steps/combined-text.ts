import { lineEnds } from '../../../mapper/records/line-ends.js';
import type { OnBytes, ScannedItem, Source } from '../../sources/source.js';
import { changedInput } from '../../stores/store.js';

/** Inputs up to this size are read before they are needed: over a network, most of their time is spent waiting. */
const READ_AHEAD_BYTES = 1024 ** 2;
const READ_AHEAD_FILES = 8;

const LF = 0x0a;
const CR = 0x0d;
const LINE_END = Buffer.from('\n');
const MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * The text of inputs, one after the other: decompressed, without byte order marks, and with a line end after each last line,
 * as Hadoop hands each of them to a task. Calls `onEnd` with the lines of each by Hadoop's rule, in order. Throws
 * `input-changed` for an input that has another size than it had when it was scanned.
 */
export async function* combinedText(
  source: Pick<Source, 'openText'>,
  items: readonly ScannedItem[],
  onEnd: (lines: number) => void,
  onBytes: OnBytes,
): AsyncGenerator<Uint8Array> {
  for await (const { item, chunks } of readAhead(source, items)) {
    let lines = 0;
    let last = LF;
    for await (const chunk of withoutMark(wholly(item, chunks))) {
      if (chunk.length === 0) continue;
      lines += lineEnds(chunk, last === CR);
      last = chunk[chunk.length - 1] ?? LF;
      yield chunk;
    }
    if (last !== LF) {
      // A lone CR has ended its line; with this LF it is one line end, and not one that the next input might complete.
      yield LINE_END;
      if (last !== CR) lines += 1;
    }
    onEnd(lines);
    onBytes(item.sizeBytes);
  }
}

/** Each input with its text, in order. The next small ones are read meanwhile. */
async function* readAhead(source: Pick<Source, 'openText'>, items: readonly ScannedItem[]) {
  const ahead = new Map<number, Promise<readonly Uint8Array[]>>();
  const begin = (at: number) => {
    const item = items[at];
    if (item === undefined || ahead.has(at) || !isShort(item)) return;
    const reading = collect(source.openText(item));
    // It is reported when its turn comes, if it comes.
    reading.catch(() => undefined);
    ahead.set(at, reading);
  };
  for (const [at, item] of items.entries()) {
    for (let next = at; next < at + READ_AHEAD_FILES; next++) begin(next);
    const reading = ahead.get(at);
    yield { item, chunks: reading === undefined ? source.openText(item) : await reading };
    ahead.delete(at);
  }
}

/** The content of a compressed file may be of any size. */
function isShort({ sizeBytes, compression }: ScannedItem): boolean {
  return compression === undefined && sizeBytes <= READ_AHEAD_BYTES;
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<readonly Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

async function* wholly(item: ScannedItem, chunks: Chunks): AsyncGenerator<Uint8Array> {
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    sizeBytes += chunk.length;
    yield chunk;
  }
  const { path, compression, converted } = item;
  const expected = converted?.sizeBytes ?? item.sizeBytes;
  if (compression === undefined && sizeBytes !== expected) throw changedInput(path);
}

/** Leaves out a byte order mark at the start, as Hadoop does. */
export async function* withoutMark(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head: Buffer | null = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (head === null) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < MARK.length) continue;
    yield head.subarray(startOfText(head));
    head = null;
  }
  if (head !== null) yield head;
}

function startOfText(bytes: Buffer): number {
  return bytes.subarray(0, MARK.length).equals(MARK) ? MARK.length : 0;
}
