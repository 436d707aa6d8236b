import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DuplicatesRequest } from '../../../../../submit/engines/engine.js';
import type { TableLimits } from '../../../../../submit/engines/keys/key-table.js';
import { countDuplicates } from '../../../../../submit/engines/local/count-duplicates.js';
import { createLocalStore } from '../../../../../submit/stores/local/local-store.js';
import { nodeFileSystem } from '../../../../../submit/stores/local/node-file-system.js';
import { failingFiles, type Operation } from '../failing-ports.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hadoop-elt-duplicates-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const TINY: TableLimits = { maxKeys: 4, maxBytes: 64 };

/** Counts the duplicates among the lines of parts, whose first column is the key. */
function count(
  parts: readonly Buffer[],
  {
    limits,
    signal = new AbortController().signal,
    files = nodeFileSystem,
    ending = '',
  }: {
    readonly limits?: TableLimits;
    readonly signal?: AbortSignal;
    readonly files?: typeof nodeFileSystem;
    readonly ending?: string;
  } = {},
) {
  const names = parts.map((bytes, number) => {
    const name = `part-${String(number).padStart(5, '0')}${ending}`;
    writeFileSync(join(folder, name), bytes);
    return { name, sizeBytes: bytes.length };
  });
  const request: DuplicatesRequest = {
    runId: 'run',
    emit: 'duplicates',
    jobName: 'job',
    folders: [{ folder, parts: names, delimiter: ',', names: ['id'], key: [0] }],
    workFolder: join(folder, 'work'),
    logFolder: join(folder, 'logs'),
  };
  const search = { files, store: createLocalStore(files), ...(limits && { limits }) };
  return countDuplicates(search, request, () => undefined, signal);
}

/** The same by a Map. */
function expected(keys: readonly string[]) {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  const duplicates = [...counts].filter(([, times]) => times > 1);
  const examples = duplicates
    .sort(([a, times], [b, others]) => others - times || Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .slice(0, 5)
    .map(([key, times]) => ({ key: [key], count: times }));
  return { records: keys.length, keys: counts.size, duplicateKeys: duplicates.length, examples };
}

const textOf = (keys: readonly string[]) => Buffer.from(keys.map((key) => `${key}\n`).join(''));

describe('counting duplicates on this machine', () => {
  it('finds what a Set finds, however small the memory', async () => {
    const key = fc.oneof(
      fc.integer({ min: 0, max: 60 }).map(String),
      fc.string({ unit: fc.constantFrom('x', 'y', 'z', 'é'), minLength: 1, maxLength: 90 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(key, { maxLength: 60 }), { minLength: 1, maxLength: 3 }),
        fc.constantFrom(TINY, { maxKeys: 1, maxBytes: 1 }, { maxKeys: 1000, maxBytes: 300 }),
        async (parts, limits) => {
          const headed = parts.map((keys) => Buffer.concat([Buffer.from('id\n'), textOf(keys)]));
          expect(await count(headed, { limits })).toEqual(expected(parts.flat()));
          expect(readdirSync(folder)).not.toContain('work');
        },
      ),
      { numRuns: 60 },
    );
  });

  it('does not take keys with the same hash, of any number, for one key', async () => {
    const keys = Array.from({ length: 200_000 }, (_, at) => `order-${at}`);
    const found = await count([textOf(keys)], { limits: { maxKeys: 2000, maxBytes: 64 * 1024 } });
    expect(found).toEqual({ records: 200_000, keys: 200_000, duplicateKeys: 0, examples: [] });
  });

  it('counts one key that all records share without dividing it for ever', async () => {
    const keys = Array.from({ length: 50_000 }, () => 'the same');
    expect(await count([textOf(keys)], { limits: TINY })).toEqual(expected(keys));
  });

  it('takes a key that is larger than its memory', async () => {
    const keys = ['a'.repeat(1000), 'b', 'a'.repeat(1000), 'c', 'd'];
    expect(await count([textOf(keys)], { limits: TINY })).toEqual(expected(keys));
  });

  it('reads parts that are compressed, and says which one is damaged', async () => {
    const keys = ['1', '2', '1'];
    const bytes = gzipSync(textOf(keys));
    expect(await count([bytes], { ending: '.gz' })).toEqual(expected(keys));
    await expect(count([bytes.subarray(0, -4)], { ending: '.gz' })).rejects.toMatchObject({
      code: 'store',
      details: { problem: 'corrupt', path: join(folder, 'part-00000.gz') },
    });
  });

  it('stops when it is interrupted', async () => {
    const reason = new Error('interrupted');
    await expect(count([textOf(['1'])], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('tells of each file operation that fails', async () => {
    const keys = Array.from({ length: 9 }, (_, at) => `key ${at}`);
    const watched = failingFiles(nodeFileSystem);
    await count([textOf(keys)], { limits: TINY, files: watched });
    const kinds = new Set(watched.operations.map((operation) => operation.split(' ', 1)[0]));
    expect([...kinds].sort()).toEqual(
      expect.arrayContaining(['close', 'create', 'mkdir', 'open', 'read', 'unlink', 'write']),
    );
    for (const [at, operation] of watched.operations.entries()) {
      if (/^(stat|lstat) /.test(operation)) continue;
      let seen = 0;
      const failing = failingFiles(nodeFileSystem, (_: Operation) => (seen++ === at ? 'EIO' : undefined));
      await expect(count([textOf(keys)], { limits: TINY, files: failing })).rejects.toMatchObject({
        code: 'store',
      });
      rmSync(join(folder, 'work'), { recursive: true, force: true });
    }
  });
});
