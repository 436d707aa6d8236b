import { createHash } from 'node:crypto';
import { appendFile, chmod, stat, utimes } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../../../../../submit/errors.js';
import { ByteSums } from '../../../../../submit/hadoop/checksum/hdfs-checksum.js';
import { createFilesSource } from '../../../../../submit/sources/files-source.js';
import type { Inspection } from '../../../../../submit/sources/inspect/inspect-file.js';
import { inspectOnThread } from '../../../../../submit/sources/inspect/inspect-on-thread.js';
import { inspectorOnThreads } from '../../../../../submit/sources/inspect/inspector.js';
import { openLocalInspector } from '../../../../../submit/sources/inspect/local-inspector.js';
import { nodeFileSystem } from '../../../../../submit/stores/local/node-file-system.js';
import { localStore } from '../../../../support/local-store.js';
import { useWorkFolder } from '../../../../support/work-folder.js';

const CONTENT = 'City,Amount\noslo,1\nrome,2\n';
const OPTIONS = { delimiter: ',', quotedLineBreaks: 'auto', maxRecordBytes: 1024 } as const;

describe('an inspector on threads', () => {
  const work = useWorkFolder();

  /** Checksums are taken only when `release` is called. */
  function heldBack() {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const inspector = inspectorOnThreads({
      count: 2,
      async inspect(inspection: Inspection, onBytes) {
        if (inspection.checksum) await released;
        return inspectOnThread(inspection, onBytes);
      },
      close: async () => undefined,
    });
    return { inspector, release };
  }

  it('tells what a scan tells before the checksum is there', async () => {
    await work().write('a.csv', CONTENT);
    const { inspector, release } = heldBack();
    let told = 0;
    const scanned = await inspector.scan({ path: work().at('a.csv') }, OPTIONS, (bytes) => {
      told += bytes;
    });
    expect(scanned.sizeBytes).toBe(CONTENT.length);
    expect(told).toBe(CONTENT.length);
    expect(scanned.records).toMatchObject({ lines: 3, records: 3 });
    release();
    expect(await scanned.sha256).toBe(createHash('sha256').update(CONTENT).digest('hex'));
  });

  it('fails where the file has grown before its checksum was taken', async () => {
    await work().write('a.csv', CONTENT);
    const { inspector, release } = heldBack();
    const { sha256 } = await inspector.scan({ path: work().at('a.csv') }, OPTIONS, () => undefined);
    await appendFile(work().at('a.csv'), 'bonn,3\n');
    release();
    const error = await sha256.catch((reason: unknown) => reason);
    expect(isFailure(error, 'input-changed')).toBe(true);
  });

  it('takes the checksum where only the access rights have changed meanwhile', async () => {
    const path = await work().write('a.csv', CONTENT);
    const { inspector, release } = heldBack();
    const { sha256 } = await inspector.scan({ path }, OPTIONS, () => undefined);
    await chmod(path, 0o600);
    release();
    expect(await sha256).toBe(createHash('sha256').update(CONTENT).digest('hex'));
  });

  it('fails where the file was changed at the same size and time before its checksum was taken', async () => {
    const path = await work().write('a.csv', CONTENT);
    const { atime, mtime } = await stat(path);
    const { inspector, release } = heldBack();
    const { sha256 } = await inspector.scan({ path }, OPTIONS, () => undefined);
    await work().write('a.csv', CONTENT.replace('rome', 'rom3'));
    await utimes(path, atime, mtime);
    release();
    const error = await sha256.catch((reason: unknown) => reason);
    expect(isFailure(error, 'input-changed')).toBe(true);
  });

  it('fails once where the scan fails: nobody asks for the checksum then', async () => {
    const path = await work().write('a.csv', CONTENT);
    const inspector = inspectorOnThreads({
      count: 2,
      async inspect(inspection: Inspection, onBytes) {
        if (inspection.content === 'records') throw new Error('it is no text');
        return inspectOnThread(inspection, onBytes);
      },
      close: async () => undefined,
    });
    await expect(inspector.scan({ path }, OPTIONS, () => undefined)).rejects.toThrow('it is no text');
    // An unhandled rejection would fail the test.
    await setTimeout(50);
  });

  it('takes the checksum of HDFS with the other one', async () => {
    const path = await work().write('a.csv', CONTENT);
    const { inspector, release } = heldBack();
    const file = { path, blockSizeBytes: 1024 ** 2 };
    const { inHdfs } = await inspector.scan(file, OPTIONS, () => undefined);
    release();
    const sums = new ByteSums(1024 ** 2);
    sums.push(Buffer.from(CONTENT));
    expect(inHdfs?.blockSizeBytes).toBe(1024 ** 2);
    expect(await inHdfs?.checksum).toBe(sums.end().hdfsChecksum);
  });

  it('fails for both checksums where the file has grown meanwhile', async () => {
    const path = await work().write('a.csv', CONTENT);
    const { inspector, release } = heldBack();
    const file = { path, blockSizeBytes: 1024 ** 2 };
    const { sha256, inHdfs } = await inspector.scan(file, OPTIONS, () => undefined);
    await appendFile(path, 'bonn,3\n');
    release();
    for (const checksum of [sha256, inHdfs?.checksum]) {
      const error = await checksum?.catch((reason: unknown) => reason);
      expect(isFailure(error, 'input-changed')).toBe(true);
    }
  });
});

describe('the source of local files', () => {
  const work = useWorkFolder();
  const { signal } = new AbortController();
  const LARGE = `City,Amount\n${'oslo,1\n'.repeat(300_000)}`;

  async function scanLarge(blockSizeBytes?: () => Promise<number>) {
    const path = await work().write('a.csv', LARGE);
    const inspector = openLocalInspector({
      ...{ files: nodeFileSystem, threadSource: '', parallel: 1, signal },
      blockSizeBytes,
    });
    const source = createFilesSource(localStore, inspector);
    const { items } = await source.find(path, work().path);
    const [item] = items;
    if (item === undefined) throw new Error('It was not found');
    await source.scan(item, { ...OPTIONS, hasHeader: true }, () => undefined);
    return { source, item };
  }

  it('has the checksum of HDFS, for the block size of the store that inputs go to', async () => {
    const { source, item } = await scanLarge(async () => 1024 ** 2);
    const sums = new ByteSums(1024 ** 2);
    sums.push(Buffer.from(LARGE));
    expect(await source.checksumInBlocks?.(item, 1024 ** 2)).toBe(sums.end().hdfsChecksum);
    expect(source.checksumInBlocks?.(item, 2 * 1024 ** 2)).toBeUndefined();
  });

  it('has none where the store does not tell, or there is no such store', async () => {
    for (const size of [() => Promise.reject(new Error('it is down')), undefined]) {
      const { source, item } = await scanLarge(size);
      expect(source.checksumInBlocks?.(item, 1024 ** 2)).toBeUndefined();
      expect(await source.digest(item)).toBe(createHash('sha256').update(LARGE).digest('hex'));
    }
  });
});
