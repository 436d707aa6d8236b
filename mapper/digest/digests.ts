import { COPY_BYTES, type KernelExports, sharedKernel } from '../kernel/instantiate.js';
import { countLineFeeds } from '../records/framer.js';
import type { Digest } from './digest.js';
import { DigestMemory, WasmByteDigest, WasmLineDigest } from './kernel-digest.js';
import { plainByteDigest, plainLineDigest } from './plain-digest.js';

/**
 * Takes the digest of lines: the sum of their hashes. So it depends neither on the order of the lines nor on where a
 * file is cut into splits, and a changed, lost or doubled line changes it.
 */
export interface LineDigest {
  /** Takes complete lines, each ended by LF. */
  add(lines: Uint8Array): void;
  readonly value: Digest;
  /** The value, after which the digest starts anew. */
  take(): Digest;
}

/** Takes the digest of bytes in order. */
export interface ByteDigest {
  /** Takes the next bytes, in pieces of any size. */
  add(bytes: Uint8Array): void;
  /** The digest of all the bytes. Call it once. */
  end(): Digest;
}

/** A digest of each kind. Both keep nothing of the bytes after a call, and need no memory that grows. */
export interface Digests {
  readonly lines: LineDigest;
  readonly bytes: ByteDigest;
  /** Another digest of bytes. */
  newBytes(): ByteDigest;
}

/**
 * Opens digests. Bytes in the memory of `kernel` are read in place, others are copied there; by default into a memory
 * that all digests share. Null: in plain arithmetic, which is slow.
 */
export function openDigests(kernel?: KernelExports | null): Digests {
  const memory = kernel === undefined ? sharedMemory() : kernel === null ? null : new DigestMemory(kernel);
  const newBytes = () => (memory === null ? plainByteDigest() : new WasmByteDigest(memory));
  const lines = memory === null ? plainLineDigest() : new WasmLineDigest(memory);
  return { lines, bytes: newBytes(), newBytes };
}

/** A buffer of this size whose bytes the digests of `openDigests()` read in place: reading a file into it saves a copy. */
export function bufferForDigests(sizeBytes: number): Buffer {
  return sharedMemory()?.allocate(sizeBytes) ?? Buffer.allocUnsafeSlow(sizeBytes);
}

/**
 * The same for bytes that come again and again: gives the buffer. Ask for it before each use, because the memory may have
 * grown. Null where digests read no bytes in place.
 */
export function roomForDigests(sizeBytes: number): (() => Buffer) | null {
  const memory = sharedMemory();
  if (memory === null) return null;
  const { byteOffset } = memory.allocate(sizeBytes);
  return () => memory.bytes.subarray(byteOffset, byteOffset + sizeBytes);
}

/** The number of LFs in the bytes, as `countLineFeeds`; several times as fast where there is a kernel. */
export function countLineEnds(bytes: Uint8Array): number {
  if (shared === undefined || shared === null) return countLineFeeds(bytes);
  if (shared.holds(bytes)) {
    return shared.exports.countLineEnds(bytes.byteOffset, bytes.byteOffset + bytes.length);
  }
  let count = 0;
  for (let from = 0; from < bytes.length; from += COPY_BYTES) {
    const piece = bytes.subarray(from, from + COPY_BYTES);
    const address = shared.copy(piece);
    count += shared.exports.countLineEnds(address, address + piece.length);
  }
  return count;
}

let shared: DigestMemory | null | undefined;

function sharedMemory(): DigestMemory | null {
  if (shared === undefined) {
    const kernel = sharedKernel();
    shared = kernel === null ? null : new DigestMemory(kernel);
  }
  return shared;
}
