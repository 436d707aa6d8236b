import { TASK_ENVIRONMENT, type TaskRange } from '../contract.js';
import { MapperFailure } from '../failure.js';

/** Whether stdin gives frames: a list of ranges, then the bytes of some of them. */
export function readsFrames(env: Readonly<Record<string, string | undefined>>): boolean {
  return env[TASK_ENVIRONMENT.stdinFrames] === '1';
}

/** Takes bytes of a stream; returns how many, 0 at the end. */
export type ReadSome = (buffer: Uint8Array, wanted: number) => number;

const LENGTH_BYTES = 4;
const PIECE_BYTES = 64 * 1024;

/**
 * Reads frames: 4 bytes with the length of what follows, little-endian. A frame of length 0 ends an item. Throws a
 * MapperFailure if the stream ends within an item.
 */
export class FrameReader {
  readonly #read: ReadSome;
  readonly #length = Buffer.alloc(LENGTH_BYTES);
  #left = 0;

  constructor(read: ReadSome) {
    this.#read = read;
  }

  /** The list of ranges, which is the first item. */
  ranges(): readonly TaskRange[] {
    const pieces: Buffer[] = [];
    for (;;) {
      const piece = Buffer.allocUnsafe(PIECE_BYTES);
      const size = this.readItem(piece);
      if (size === 0) break;
      pieces.push(piece.subarray(0, size));
    }
    return JSON.parse(Buffer.concat(pieces).toString('utf8')) as readonly TaskRange[];
  }

  /** The next bytes of the item; 0 at its end. */
  readItem(buffer: Uint8Array): number {
    if (this.#left === 0) {
      for (let at = 0; at < LENGTH_BYTES; ) at += this.#some(this.#length.subarray(at), LENGTH_BYTES - at);
      this.#left = this.#length.readUInt32LE(0);
      if (this.#left === 0) return 0;
    }
    const size = this.#some(buffer, Math.min(buffer.length, this.#left));
    this.#left -= size;
    return size;
  }

  #some(buffer: Uint8Array, wanted: number): number {
    const size = this.#read(buffer, wanted);
    if (size > 0) return size;
    throw new MapperFailure('io', {
      operation: 'read stdin',
      systemCode: null,
      cause: 'it ends within an input',
    });
  }
}
