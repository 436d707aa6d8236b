import { isGzip } from '../../stores/compression.js';
import { readFile, readTransient } from '../../stores/file-reading.js';
import type { FileSystem } from '../../stores/file-system.js';
import { type Inspector, inspectorOf, inspectorOnThreads } from './inspector.js';
import { startInspectionThreads } from './threads.js';

/** Below so many bytes of input, starting threads takes longer than they save. */
const WORTH_THREADS_BYTES = 32 * 1024 ** 2;

export interface LocalInspectorOptions {
  readonly files: FileSystem;
  /** Text of `bin/inspect-thread.ts`, built. */
  readonly threadSource: string;
  /** Threads at the most. */
  readonly parallel: number;
  readonly signal: AbortSignal;
}

/** An inspector of this machine's files that is told what it will have to read before it is asked. */
export interface LocalInspector extends Inspector {
  expect(bytes: number): void;
}

/** Reads on threads where there is much to read, and in this thread otherwise. */
export function openLocalInspector({
  files,
  threadSource,
  parallel,
  signal,
}: LocalInspectorOptions): LocalInspector {
  let expectedBytes = 0;
  let opened: Inspector | undefined;
  const open = (): Inspector => {
    opened ??=
      parallel > 1 && expectedBytes >= WORTH_THREADS_BYTES
        ? inspectorOnThreads(startInspectionThreads(threadSource, parallel, signal))
        : inspectorOf(readHere, signal);
    return opened;
  };
  // Gunzip keeps the chunks that it is given for a while.
  const readHere = (path: string) => (isGzip(path) ? readFile(files, path) : readTransient(files, path));
  return {
    expect(bytes) {
      expectedBytes += bytes;
    },
    get concurrency() {
      return open().concurrency;
    },
    scan: (...asked) => open().scan(...asked),
    checksum: (path) => open().checksum(path),
    measure: (...asked) => open().measure(...asked),
    close: async () => opened?.close(),
  };
}
