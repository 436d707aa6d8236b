import { CHUNK_CRCS_MODULE } from './chunk-crcs-module.js';

/** dfs.bytes-per-checksum, Hadoop 3.3. */
export const CHUNK_BYTES = 512;
const CRC_BYTES = 4;

/** The exports of the compiled module; see assembly/chunk-crcs.ts. Addresses are offsets in `memory`. */
interface ChunkCrcsExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly ROOM: { readonly value: number };
  readonly room: { readonly value: number };
  readonly crcs: { readonly value: number };
  sum(sizeBytes: number): void;
}

/** The part of WebAssembly used here; Node 20's types do not declare it. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: ChunkCrcsExports };
};

interface Workspace {
  readonly room: Uint8Array;
  readonly crcs: Uint8Array;
  sum(sizeBytes: number): void;
}

let workspace: Workspace | undefined;

/** One for all: nothing is kept between calls, and V8 reserves gigabytes of address space for each memory. */
function openWorkspace(): Workspace {
  const module = new WebAssembly.Module(Buffer.from(CHUNK_CRCS_MODULE, 'base64'));
  const { memory, ROOM, room, crcs, sum } = new WebAssembly.Instance(module).exports;
  return {
    room: new Uint8Array(memory.buffer, room.value, ROOM.value),
    crcs: new Uint8Array(memory.buffer, crcs.value, (ROOM.value / CHUNK_BYTES) * CRC_BYTES),
    sum,
  };
}

/**
 * The CRC32C of each chunk of 512 bytes, big-endian, one behind the other. The last chunk may be shorter. Yields the CRCs of
 * 128 KiB at a time: use them at once, because the next ones of any caller overwrite them.
 */
export function* crcsOfChunks(bytes: Uint8Array): Generator<Uint8Array> {
  workspace ??= openWorkspace();
  const { room, crcs, sum } = workspace;
  for (let offset = 0; offset < bytes.length; offset += room.length) {
    const piece = bytes.subarray(offset, offset + room.length);
    room.set(piece);
    sum(piece.length);
    yield crcs.subarray(0, CRC_BYTES * Math.ceil(piece.length / CHUNK_BYTES));
  }
}
