import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeArchiveOf, sendNodeArchive } from '../../../../../submit/engines/streaming/node-archive.js';
import { isFailure } from '../../../../../submit/errors.js';
import { createLocalStore } from '../../../../../submit/stores/local/local-store.js';
import { nodeFileSystem } from '../../../../../submit/stores/local/node-file-system.js';

const run = promisify(execFile);
const store = createLocalStore(nodeFileSystem);
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node-archive-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function executableOf(content: Uint8Array): Promise<string> {
  const path = join(folder, 'some-node');
  await writeFile(path, content);
  return path;
}
const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'nothing',
    (error: unknown) => error,
  );

describe('the archive of a Node', () => {
  it('holds bin/node, which may be executed, byte for byte', async () => {
    // No multiple of tar's blocks, and more than one read.
    const content = randomBytes(2 * 1024 * 1024 + 77);
    const archive = await nodeArchiveOf(await executableOf(content), join(folder, 'shared/node'));
    expect(await sendNodeArchive(store, archive)).toBe(true);
    await run('tar', ['-xzf', archive.path, '-C', folder]);
    expect((await readFile(join(folder, 'bin/node'))).equals(content)).toBe(true);
    expect((await stat(join(folder, 'bin/node'))).mode & 0o777).toBe(0o755);
    const { stdout } = await run('tar', ['-tzf', archive.path]);
    expect(stdout.trim().split('\n')).toEqual(['bin/', 'bin/node']);
  });

  it('is the same bytes for the same executable, and another name for another one', async () => {
    const one = await nodeArchiveOf(await executableOf(Buffer.from('one')), join(folder, 'a'));
    await sendNodeArchive(store, one);
    const again = await nodeArchiveOf(one.executable, join(folder, 'b'));
    await sendNodeArchive(store, again);
    expect((await readFile(one.path)).equals(await readFile(again.path))).toBe(true);
    const other = await nodeArchiveOf(await executableOf(Buffer.from('two')), join(folder, 'a'));
    expect(other.path).not.toBe(one.path);
  });

  it('is not sent where it is, nor where another run was faster', async () => {
    const archive = await nodeArchiveOf(await executableOf(Buffer.from('node')), folder);
    const racing = { ...store, stat: async () => undefined };
    expect(await sendNodeArchive(store, archive)).toBe(true);
    expect(await sendNodeArchive(store, archive)).toBe(false);
    expect(await sendNodeArchive(racing, archive)).toBe(false);
  });

  it('says which executable can not be read', async () => {
    const missing = join(folder, 'missing');
    const error = await failureOf(nodeArchiveOf(missing, folder));
    expect(isFailure(error, 'store') && error.details.path).toBe(missing);
    const gone = { executable: missing, path: join(folder, 'x/node-1.tar.gz') };
    const later = await failureOf(sendNodeArchive(store, gone));
    expect(isFailure(later, 'store') && [later.details.path, later.details.problem]).toEqual([
      missing,
      'not-found',
    ]);
    expect(await readdir(join(folder, 'x'))).toEqual([]);
  });

  it('is not sent when the executable changes while it is read', async () => {
    // The system says that this file has no bytes, and there are some.
    const archive = { executable: '/proc/self/status', path: join(folder, 'x/node-1.tar.gz') };
    const error = await failureOf(sendNodeArchive(store, archive));
    expect(isFailure(error, 'store') && error.details.cause).toBe('it changed while it was read');
    expect(await readdir(join(folder, 'x'))).toEqual([]);
  });
});
