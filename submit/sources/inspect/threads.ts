import { Worker } from 'node:worker_threads';
import { Failure, type FailureCode, type FailureDetails } from '../../errors.js';
import type { Inspected, Inspection } from './inspect-file.js';

/** Message to a thread: one inspection at a time. */
export type ThreadRequest = Inspection;

/** Message from a thread: `bytes` for progress, then one of the others as the last. */
export type ThreadAnswer =
  | { readonly kind: 'bytes'; readonly bytes: number }
  | { readonly kind: 'done'; readonly inspected: Inspected }
  | { readonly kind: 'failure'; readonly code: FailureCode; readonly details: FailureDetails[FailureCode] }
  | { readonly kind: 'bug'; readonly message: string };

/** Heap limits of a thread. It keeps one chunk, and of a broken record at most `csv.maxRecordBytes`. */
const THREAD_MEMORY = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 256 };

/** Worker threads that inspect files of this machine. Each starts when it is first needed. */
export interface InspectionThreads {
  readonly count: number;
  inspect(inspection: Inspection, onBytes: (bytes: number) => void): Promise<Inspected>;
  close(): Promise<void>;
}

/** `source` is the text of `bin/inspect-thread.ts`, built. */
export function startInspectionThreads(
  source: string,
  count: number,
  signal: AbortSignal,
): InspectionThreads {
  const workers: Worker[] = [];
  const idle: Worker[] = [];
  const waiting: ((worker: Worker) => void)[] = [];

  const take = (): Promise<Worker> => {
    const free = idle.pop();
    if (free !== undefined) return Promise.resolve(free);
    if (workers.length < count) {
      const worker = new Worker(source, { eval: true, resourceLimits: THREAD_MEMORY });
      // `ask` reports errors; without this listener an idle thread that fails would end the process.
      worker.on('error', () => undefined);
      workers.push(worker);
      return Promise.resolve(worker);
    }
    return new Promise((resolve) => waiting.push(resolve));
  };
  const giveBack = (worker: Worker) => {
    const next = waiting.shift();
    if (next === undefined) idle.push(worker);
    else next(worker);
  };

  return {
    count,
    async inspect(inspection, onBytes) {
      const worker = await take();
      try {
        signal.throwIfAborted();
        return await ask(worker, inspection, onBytes, signal);
      } finally {
        giveBack(worker);
      }
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

function ask(
  worker: Worker,
  inspection: Inspection,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<Inspected> {
  const ended = new AbortController();
  return new Promise<Inspected>((resolve, reject) => {
    const onAnswer = (answer: ThreadAnswer) => {
      switch (answer.kind) {
        case 'bytes':
          return onBytes(answer.bytes);
        case 'done':
          return resolve(answer.inspected);
        case 'failure':
          return reject(new Failure(answer.code, answer.details));
        case 'bug':
          return reject(new Error(answer.message));
      }
    };
    const onExit = () => reject(new Error('A thread ended before its answer'));
    const onAbort = () => reject(signal.reason);
    worker.on('message', onAnswer).on('error', reject).on('exit', onExit);
    signal.addEventListener('abort', onAbort);
    ended.signal.addEventListener('abort', () => {
      worker.off('message', onAnswer).off('error', reject).off('exit', onExit);
      signal.removeEventListener('abort', onAbort);
    });
    worker.postMessage(inspection satisfies ThreadRequest);
  }).finally(() => ended.abort());
}
