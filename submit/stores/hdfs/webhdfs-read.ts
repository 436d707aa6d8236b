import { pauseAfter } from '../../hadoop/retry.js';
import { type ByteRange, isSameFile } from '../store.js';
import { atDatanode, knownStatus, locate, type WebHdfsParts } from './webhdfs-operations.js';
import { WebHdfsProblem } from './webhdfs-problem.js';
import type { HdfsFileStatus } from './webhdfs-status.js';

/**
 * Reads a file. After a broken connection, resumes at the same position if the file has not changed. Throws
 * `WebHdfsProblem`.
 */
export async function* readFile(
  parts: WebHdfsParts,
  path: string,
  range: ByteRange,
): AsyncGenerator<Uint8Array> {
  const status = await knownStatus(parts, path);
  if (status.type === 'directory') throw new WebHdfsProblem('is-a-directory', 'it is a folder');
  let position = range.start ?? 0;
  // WebHDFS refuses an offset beyond the end.
  const end = Math.min(range.end ?? status.sizeBytes, status.sizeBytes);
  let failures = 0;
  while (position < end) {
    try {
      for await (const chunk of open(parts, path, position, end)) {
        position += chunk.length;
        failures = 0;
        yield chunk;
      }
      if (position < end) {
        throw new WebHdfsProblem('connection-lost', `the body ended at byte ${position} of ${end}`, {
          isTransient: true,
        });
      }
    } catch (error) {
      const mayPass = error instanceof WebHdfsProblem && error.isTransient;
      if (!mayPass || failures >= parts.retry.retries || parts.retry.signal?.aborted === true) throw error;
      failures += 1;
      await pauseAfter(failures, parts.retry);
      const now = await knownStatus(parts, path);
      const change = changeBetween(status, now);
      if (change !== undefined) throw new WebHdfsProblem('corrupt', change, { cause: error });
    }
  }
}

/**
 * Why reading must not resume after a broken connection; undefined if the file is the same. Without file ids, compares
 * length and modification time: HDFS keeps it in milliseconds, and a replacing file has its own.
 */
function changeBetween(before: HdfsFileStatus, now: HdfsFileStatus): string | undefined {
  const isChanged =
    now.type !== before.type || now.sizeBytes !== before.sizeBytes || now.modifiedMs !== before.modifiedMs;
  if (isChanged) return 'it was changed while it was read';
  if (isSameFile(before.identity, now.identity)) return undefined;
  if (before.identity !== null && now.identity !== null) return 'it was changed while it was read';
  // Unknown if only one of two servers reports an id, or a gateway reports no times.
  const canTell = before.identity === now.identity && before.modifiedMs > 0;
  return canTell ? undefined : 'the connection broke, and it is unknown whether the file is still the same';
}

async function* open(
  parts: WebHdfsParts,
  path: string,
  position: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  const parameters = { offset: position, length: end - position };
  const location = await locate(parts, { method: 'GET', name: 'OPEN', path, parameters });
  const chunks = await atDatanode(parts, location, async (url) => {
    const received = parts.transfer.receive(url);
    return { first: await received.next(), received };
  });
  if (chunks.first.done !== true) {
    try {
      yield chunks.first.value;
      yield* chunks.received;
    } finally {
      await chunks.received.return(undefined);
    }
  }
}
