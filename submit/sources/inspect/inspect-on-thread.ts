import { bufferForDigests } from '../../../mapper/digest/digests.js';
import { READ_BYTES, readOnThread, versionOnThread } from '../../stores/file-reading.js';
import { type Inspected, type Inspection, inspectFile } from './inspect-file.js';

/** One buffer for all files, because a thread inspects one at a time. */
let buffer: Uint8Array | undefined;

/** Inspects a file of this machine, on a worker thread. Tells the file's version if that stayed the same meanwhile. */
export async function inspectOnThread(
  inspection: Inspection,
  onBytes: (bytes: number) => void,
): Promise<Inspected> {
  const { path, compression } = inspection;
  buffer ??= bufferForDigests(READ_BYTES);
  const before = versionOnThread(path);
  const chunks = readOnThread(path, buffer);
  const inspected = await inspectFile(
    compression === undefined ? chunks : copied(chunks),
    inspection,
    onBytes,
  );
  return before !== null && before === versionOnThread(path) ? { ...inspected, version: before } : inspected;
}

/** Copies of the chunks, because what decompresses them keeps its input for a while and the reader reuses its buffer. */
function* copied(chunks: Iterable<Uint8Array>): Generator<Uint8Array> {
  for (const chunk of chunks) yield Uint8Array.from(chunk);
}
