import type { MessagePort } from 'node:worker_threads';
import { Failure } from '../../errors.js';
import { inspectOnThread } from './inspect-on-thread.js';
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
      const inspected = await inspectOnThread(request, (bytes) => {
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
