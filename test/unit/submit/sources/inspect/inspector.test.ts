import { createHash } from 'node:crypto';
import { appendFile, chmod, stat, utimes } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../../../../../submit/errors.js';
import type { Inspection } from '../../../../../submit/sources/inspect/inspect-file.js';
import { inspectOnThread } from '../../../../../submit/sources/inspect/inspect-on-thread.js';
import { inspectorOnThreads } from '../../../../../submit/sources/inspect/inspector.js';
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
});
