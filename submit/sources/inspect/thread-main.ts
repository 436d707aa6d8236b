import type { MessagePort } from 'node:worker_threads';
import { Failure } from '../../errors.js';
import { readOnThread } from '../../stores/file-reading.js';
import { inspectFile } from './inspect-file.js';
import type { ThreadAnswer, ThreadRequest } from './threads.js';

/** Bytes between two progress messages. */
const TELL_EVERY_BYTES = 8 * 1024 * 1024;

/** The worker thread's side: answers requests, which must come one at a time. */
export function serveInspections(port: MessagePort): void {
  const tell = (answer: ThreadAnswer) => port.postMessage(answer);
  port.on('message', async (request: ThreadRequest) => {
    let untold = 0;
    const tellBytes = () => {
      tell({ kind: 'bytes', bytes: untold });
      untold = 0;
    };
    try {
      const { path, compression } = request;
      const chunks = compression === 'gzip' ? copied(readOnThread(path)) : readOnThread(path);
      const inspected = await inspectFile(chunks, request, (bytes) => {
        untold += bytes;
        if (untold >= TELL_EVERY_BYTES) tellBytes();
      });
      tellBytes();
      tell({ kind: 'done', inspected });
    } catch (error) {
      if (error instanceof Failure) tell({ kind: 'failure', code: error.code, details: error.details });
      else
        tell({
          kind: 'bug',
          message: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
    }
  });
}

/** Copies of the chunks, because gunzip keeps its input for a while and the reader reuses its buffer. */
function* copied(chunks: Iterable<Uint8Array>): Generator<Uint8Array> {
  for (const chunk of chunks) yield Uint8Array.from(chunk);
}
