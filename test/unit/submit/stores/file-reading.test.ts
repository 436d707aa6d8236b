import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { READ_BYTES, readPassing } from '../../../../submit/stores/file-reading.js';
import type { FileSystem } from '../../../../submit/stores/file-system.js';
import { nodeFileSystem } from '../../../../submit/stores/local/node-file-system.js';
import { KEPT_BYTES } from '../../../../submit/stores/store.js';
import { patterned } from '../../../support/store-contract.js';

const MIB = 1024 ** 2;
const bytes = patterned(8 * MIB + 7);
let folder: string;
let path: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-reading-'));
  path = join(folder, 'large');
  await writeFile(path, bytes);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Files whose reads give at most so many bytes. */
const givingAtMost = (maxBytes: number): FileSystem => ({
  ...nodeFileSystem,
  async open(at) {
    const file = await nodeFileSystem.open(at);
    return {
      fd: file.fd,
      read: (buffer, length, position) => file.read(buffer, Math.min(length, maxBytes), position),
      write: (given) => file.write(given),
      sync: () => file.sync(),
      sizeBytes: () => file.sizeBytes(),
      close: () => file.close(),
    };
  },
});

describe('a file that is sent on', () => {
  for (const [what, files] of [
    ['whole reads', nodeFileSystem],
    ['short reads', givingAtMost(100_000)],
  ] as const) {
    it(`still has its last ${KEPT_BYTES} bytes when more is asked for, in few buffers: ${what}`, async () => {
      const chunks: { readonly chunk: Uint8Array; readonly position: number }[] = [];
      let position = 0;
      for await (const chunk of readPassing(files, path)) {
        chunks.push({ chunk, position });
        position += chunk.length;
        for (const kept of chunks) {
          if (kept.position + kept.chunk.length <= position - chunk.length - KEPT_BYTES) continue;
          const expected = bytes.subarray(kept.position, kept.position + kept.chunk.length);
          expect(Buffer.compare(kept.chunk, expected), `at ${kept.position} of ${position}`).toBe(0);
        }
      }
      expect(position).toBe(bytes.length);
      const reads = KEPT_BYTES / Math.min(READ_BYTES, chunks[0]?.chunk.length ?? 0);
      const buffers = new Set(chunks.slice(0, -1).map(({ chunk }) => chunk.buffer));
      expect(buffers.size).toBeLessThanOrEqual(Math.ceil(reads) + 2);
    });
  }

  it('has one buffer of its size if it is small', async () => {
    const small = join(folder, 'small');
    await writeFile(small, bytes.subarray(0, 5000));
    const chunks: Uint8Array[] = [];
    for await (const chunk of readPassing(nodeFileSystem, small)) chunks.push(chunk);
    expect(chunks.map(({ buffer }) => buffer.byteLength)).toEqual([5000]);
  });
});
