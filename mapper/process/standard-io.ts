import { readSync, writeSync } from 'node:fs';
import { MapperFailure, type MapperFailureDetails } from '../failure.js';
import type { Pipeline } from '../pipeline.js';

/** Larger pieces are written directly, because collecting them would copy them. */
const LARGE_PIECE_BYTES = 64 * 1024;

/**
 * Reads the file descriptor to its end, or the byte range of it, and pushes each chunk. Throws
 * a MapperFailure where reading fails (`io`) or the file ends before the range does (`input-shrank`).
 */
export function readChunks(
  fd: number,
  range: { readonly start: number; readonly end: number } | null,
  pipeline: Pick<Pipeline, 'room' | 'push'>,
): void {
  let position = range?.start ?? null;
  for (;;) {
    const { room } = pipeline;
    const wanted =
      range === null || position === null ? room.length : Math.min(room.length, range.end - position);
    if (wanted === 0) return;
    const count = readSome(fd, room, wanted, position);
    if (count === 0) {
      if (range === null || position === null) return;
      throw new MapperFailure('input-shrank', { endsAtByte: position, splitEnd: range.end });
    }
    if (position !== null) position += count;
    pipeline.push(room.subarray(0, count));
  }
}

/** Reads at a position, or the next bytes of a stream; 0 at the end. Throws a MapperFailure. */
export function readSome(fd: number, buffer: Uint8Array, wanted: number, position: number | null): number {
  for (let tries = 0; ; tries++) {
    try {
      return readSync(fd, buffer, 0, wanted, position);
    } catch (error) {
      // Windows reports the end of a pipe so.
      if (codeOf(error) === 'EOF') return 0;
      if (codeOf(error) !== 'EAGAIN') throw ioFailure('read stdin', error);
      sleep(tries);
    }
  }
}

/** Collects what is written and hands it to the file descriptor in large pieces. */
export class OutputBuffer {
  readonly #fd: number;
  readonly #buffer = Buffer.allocUnsafe(LARGE_PIECE_BYTES);
  #length = 0;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Throws a MapperFailure: `broken-pipe` where the reader is gone, otherwise `io`. The bytes may be kept. */
  write(bytes: Uint8Array): void {
    if (bytes.length > this.#buffer.length - this.#length) this.flush();
    if (bytes.length > LARGE_PIECE_BYTES) {
      this.flush();
      this.#writeAll(bytes);
    } else {
      this.#buffer.set(bytes, this.#length);
      this.#length += bytes.length;
    }
  }

  /** Writes the bytes collected so far; throws as `write` does. */
  flush(): void {
    const length = this.#length;
    this.#length = 0;
    this.#writeAll(this.#buffer.subarray(0, length));
  }

  #writeAll(bytes: Uint8Array): void {
    try {
      writeFully(this.#fd, bytes);
    } catch (error) {
      // Windows reports a closed pipe as EOF.
      if (codeOf(error) === 'EPIPE' || codeOf(error) === 'EOF') {
        throw new MapperFailure('broken-pipe', {}, { cause: error });
      }
      throw ioFailure('write stdout', error);
    }
  }
}

/** Writes all the bytes, however few the system takes at once; throws what `fs.writeSync` throws. */
export function writeFully(fd: number, bytes: Uint8Array): void {
  let written = 0;
  for (let tries = 0; written < bytes.length; ) {
    try {
      written += writeSync(fd, bytes, written, bytes.length - written);
      tries = 0;
    } catch (error) {
      if (codeOf(error) !== 'EAGAIN') throw error;
      sleep(tries++);
    }
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** The failure `io` for a system error. */
export function ioFailure(
  operation: MapperFailureDetails['io']['operation'],
  error: unknown,
): MapperFailure<'io'> {
  const code = codeOf(error);
  const systemCode = code === undefined ? null : String(code);
  const cause = error instanceof Error ? error.message : String(error);
  return new MapperFailure('io', { operation, systemCode, cause }, { cause: error });
}

const sleepCell = new Int32Array(new SharedArrayBuffer(4));

/** The other end of a non-blocking pipe is not ready: wait 1 ms, and up to 16 ms when that repeats. */
function sleep(tries: number): void {
  Atomics.wait(sleepCell, 0, 0, Math.min(16, 2 ** Math.min(tries, 4)));
}
