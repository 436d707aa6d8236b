import { readFile, readTransient } from '../../stores/file-reading.js';
import type { FileSystem } from '../../stores/file-system.js';
import { type Inspector, inspectorOf, inspectorOnThreads } from './inspector.js';
import { startInspectionThreads } from './threads.js';

/** With less input than this, starting threads costs more time than they save. */
const WORTH_THREADS_BYTES = 32 * 1024 ** 2;

export interface LocalInspectorOptions {
  readonly files: FileSystem;
  /** Text of `bin/inspect-thread.ts`, built. */
  readonly threadSource: string;
  /** Maximum number of threads. */
  readonly parallel: number;
  /** Block size of the HDFS that inputs go to, if they do: see `Inspection`. */
  readonly blockSizeBytes?: (() => Promise<number>) | undefined;
  readonly signal: AbortSignal;
}

/** An inspector of this machine's files that is told in advance how much it will have to read. */
export interface LocalInspector extends Inspector {
  /** Adds to the bytes expected. No effect after the first read. */
  expect(bytes: number): void;
  /** Throws the reason of the signal, if it is aborted. */
  throwIfAborted(): void;
}

/** Reads on worker threads when much input is expected, otherwise on this thread. */
export function openLocalInspector({
  files,
  threadSource,
  parallel,
  blockSizeBytes,
  signal,
}: LocalInspectorOptions): LocalInspector {
  let expectedBytes = 0;
  let opened: Inspector | undefined;
  let blockSize: Promise<number | undefined> | undefined;
  const open = (): Inspector => {
    opened ??=
      parallel > 1 && expectedBytes >= WORTH_THREADS_BYTES
        ? inspectorOnThreads(startInspectionThreads(threadSource, parallel, signal))
        : inspectorOf(
            {
              scheme: 'file',
              read: (path) => readFile(files, path),
              readTransient: (path) => readTransient(files, path),
            },
            signal,
          );
    return opened;
  };
  return {
    expect(bytes) {
      expectedBytes += bytes;
    },
    throwIfAborted: () => signal.throwIfAborted(),
    get concurrency() {
      return open().concurrency;
    },
    async scan(file, ...asked) {
      // Where the store does not tell, the upload takes the checksum.
      blockSize ??= blockSizeBytes?.().catch(() => undefined);
      const size = await blockSize;
      return open().scan(size === undefined ? file : { ...file, blockSizeBytes: size }, ...asked);
    },
    checksum: (path) => open().checksum(path),
    measure: (...asked) => open().measure(...asked),
    close: async () => opened?.close(),
  };
}
